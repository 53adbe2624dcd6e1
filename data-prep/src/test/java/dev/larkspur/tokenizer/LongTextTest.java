package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.document.SampleDocuments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** A long text in pieces has the ids that it has as a whole. */
class LongTextTest {
  private static final int CHARACTERS = 5_000_000;

  private static String text(Random random) {
    List<String> samples = SampleDocuments.texts(300);
    StringBuilder text = new StringBuilder(CHARACTERS);
    while (text.length() < CHARACTERS) {
      text.append(
          random.nextInt(3) == 0
              ? RandomText.of(random)
              : samples.get(random.nextInt(samples.size())));
      text.append(random.nextBoolean() ? " " : "\n");
    }
    return text.toString();
  }

  private static void check(Tokenizer tokenizer, String text, int fewestPieces) {
    List<int[]> pieces = new ArrayList<>();
    Iterator<int[]> encoded = tokenizer.encodeInPieces(text);
    encoded.forEachRemaining(pieces::add);
    assertThat(pieces).hasSizeGreaterThanOrEqualTo(fewestPieces);
    assertThat(pieces.stream().flatMapToInt(Arrays::stream).toArray())
        .isEqualTo(tokenizer.encode(text));
  }

  @Test
  void ofGpt2() {
    Tokenizer gpt2 = TokenizerSource.read("gpt2", new Configuration()).tokenizer();
    check(gpt2, text(new Random(1)), 4);
    check(gpt2, "a short one", 1);
    check(gpt2, "", 0);
  }

  @Test
  void ofSentencePiece() {
    Random random = new Random(2);
    Tokenizer learned = ModelFile.learned(SampleDocuments.texts(100), 1500, 3, random).tokenizer();
    check(learned, text(random), 4);
    check(learned, "a short one", 1);
    check(learned, "", 0);
  }
}
