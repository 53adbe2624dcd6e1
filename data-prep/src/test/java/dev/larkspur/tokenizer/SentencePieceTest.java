package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.document.SampleDocuments;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SentencePieceTest {
  private static List<String> texts;

  @BeforeAll
  static void texts() {
    texts = SampleDocuments.texts(300);
  }

  @Test
  void idsAreThoseOfTheLibrary() {
    ModelFile file = ModelFile.learned(texts.subList(0, 100), 1500, 3, new Random(5));
    Tokenizer ours = file.tokenizer();
    try (Reference library = new Reference(file.bytes())) {
      for (String text : texts) {
        library.compareAndReturn(ours, text);
      }
      Random random = new Random(7);
      for (int i = 0; i < 5000; i++) {
        library.compareAndReturn(ours, RandomText.of(random));
      }
      library.compareAndReturn(ours, "abc".repeat(4000));
      library.compareAndReturn(ours, "字かА가😀".repeat(500) + "\u2581 \u2581");
    }
  }

  /** Few letters and pieces of any of them: every merge competes with others, words do not help. */
  @Test
  void idsAreThoseOfTheLibraryForAnyPieces() {
    Random random = new Random(9);
    for (int model = 0; model < 60; model++) {
      ModelFile file = ModelFile.likeLlama();
      boolean prefix = model % 2 == 0;
      file.normalizer(out -> out.writeBool(3, prefix));
      for (int i = 0; i < 40; i++) {
        String piece = letters(random, 1 + random.nextInt(4));
        file.remove(piece).normal(piece, random.nextInt(12) - 6);
      }
      Tokenizer ours = file.tokenizer();
      try (Reference library = new Reference(file.bytes())) {
        for (int i = 0; i < 200; i++) {
          library.compare(ours, letters(random, random.nextInt(40)));
        }
      }
    }
  }

  private static String letters(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(List.of("a", "b", "\u2581", "é", "😀").get(random.nextInt(5)));
    }
    return text.toString();
  }

  @Test
  void mergesGoByScoreThenFromLeftToRight() {
    Tokenizer tokenizer =
        ModelFile.likeLlama()
            .normal("a", -9)
            .normal("aa", -2)
            .normal("ab", -1)
            .normal("aab", -3)
            .tokenizer();
    int first = 259;
    assertThat(tokenizer.encode("aaa")).endsWith(first + 1, first);
    assertThat(tokenizer.encode("aab")).endsWith(first + 3);
    assertThat(tokenizer.encode("aaab")).endsWith(first + 1, first + 2);
  }

  @Test
  void unknownCharactersBecomeBytes() {
    Tokenizer tokenizer = ModelFile.likeLlama().normal("\u2581", -1).tokenizer();
    assertThat(tokenizer.encode("é ")).containsExactly(259, 3 + 0xc3, 3 + 0xa9, 259);
    assertThat(tokenizer.bytes(3 + 0xc3)).containsExactly(0xc3);
    assertThat(tokenizer.bytes(259)).containsExactly(' ');
    assertThat(tokenizer.encode("")).isEmpty();
  }

  @Test
  void controlPiecesInTextAreText() {
    Tokenizer tokenizer = ModelFile.learned(texts, 800, 3, new Random(3)).tokenizer();
    assertThat(tokenizer.endOfText()).isEqualTo(2);
    for (String text : List.of("</s>", "a</s><s>b", "<unk>", "<0x0A>")) {
      assertThat(tokenizer.encode(text)).doesNotContain(0, 1, 2, 3 + '\n');
      assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }
    assertThat(tokenizer.bytes(2)).isEmpty();
  }

  @Test
  void decodingDropsOneSpaceAtTheBeginning() {
    Tokenizer tokenizer =
        ModelFile.likeLlama().normal("\u2581", -1).normal("a", -2).normal("\u2581a", 0).tokenizer();
    int space = 259;
    int a = 260;
    int spaceA = 261;
    assertThat(tokenizer.decode(new int[] {1, spaceA, spaceA})).isEqualTo("a a");
    assertThat(tokenizer.decode(new int[] {space, spaceA})).isEqualTo(" a");
    assertThat(tokenizer.decode(new int[] {a, spaceA})).isEqualTo("a a");
    assertThat(tokenizer.decode(new int[] {0, a})).isEqualTo(" \u2047 a");
    assertThat(tokenizer.decode(new int[] {})).isEmpty();
  }

  @Test
  void halfACharacterIsAQuestionMark() {
    Tokenizer tokenizer = ModelFile.learned(texts, 800, 3, new Random(3)).tokenizer();
    assertThat(tokenizer.encode("a\ud83db")).isEqualTo(tokenizer.encode("a?b"));
    assertThat(tokenizer.encode("\ude00")).isEqualTo(tokenizer.encode("?"));
    assertThat(tokenizer.encode("a\ud83d")).isEqualTo(tokenizer.encode("a?"));
  }

  @Test
  void aCachedWordIsNotTakenForAnother() {
    // "Aa" and "BB" have the same hash, as strings of them have.
    ModelFile file = ModelFile.likeLlama();
    for (String piece : List.of("A", "a", "B", "Aa", "BB", "AaBB", "BBAa")) {
      file.normal(piece, -piece.length());
    }
    Tokenizer ours = file.tokenizer();
    try (Reference library = new Reference(file.bytes())) {
      for (String text : List.of("AaAa", "BBBB", "AaBB", "BBAa", "AaAa", "BBBB", "Aa", "BB")) {
        library.compare(ours, text);
      }
    }
  }

  @Test
  void threadsShareATokenizer() {
    ModelFile file = ModelFile.learned(texts.subList(0, 100), 1500, 3, new Random(5));
    Tokenizer shared = file.tokenizer();
    Tokenizer alone = new TokenizerSource("other.model", file.bytes()).tokenizer();
    int[][] expected = texts.stream().map(alone::encode).toArray(int[][]::new);
    for (int round = 0; round < 5; round++) {
      assertThat(texts.parallelStream().map(shared::encode).toArray(int[][]::new))
          .isDeepEqualTo(expected);
    }
  }

  @Test
  void identityIsComplete() {
    byte[] file = ModelFile.likeLlama().normal("a", -1).bytes();
    Tokenizer tokenizer = new TokenizerSource("tokenizer.model", file).tokenizer();
    assertThat(tokenizer.vocabulary()).isEqualTo(260);
    assertThat(tokenizer.identity().kind()).isEqualTo("sentencepiece-bpe");
    assertThat(tokenizer.identity().name()).isEqualTo("tokenizer.model");
    assertThat(tokenizer.identity().sha256()).hasSize(64);
    assertThat(new String(tokenizer.bytes(259), StandardCharsets.UTF_8)).isEqualTo("a");
  }
}
