package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.tokenizer.BpeTrainer.WordCount;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** However a tokenizer's file is broken, it is a tokenizer or refused. */
class TokenizerFuzzTest {
  private static final List<String> SCRAPS =
      List.of(
          "null",
          "-1",
          "2147483647",
          "4294967296",
          "1e99",
          "{",
          "}",
          "[",
          "]",
          ",",
          "\"",
          ":",
          "\"\"",
          "true",
          "\"(a+)+!\"",
          "\"Regex\"",
          "\"BPE\"",
          "\"Unigram\"",
          "\"ByteLevel\"",
          "[".repeat(2000),
          "\\ud800",
          "\u0000");
  private static final String TEXT = "the cab is abcabd, \u00fcber <s> </s> \ud83d\ude00 17";

  private static final String UNIGRAM =
      """
      {"added_tokens": [{"id": 0, "content": "<unk>", "special": true, "single_word": false,
       "lstrip": false, "rstrip": false, "normalized": false},
       {"id": 1, "content": "</s>", "special": true, "single_word": false, "lstrip": false,
       "rstrip": false, "normalized": false}],
       "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"},
       {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
       "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
       {"type": "Split", "pattern": {"Regex": "[a-z]+|\\\\d{1,3}"}, "behavior": "Isolated", "invert": false},
       {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true}]},
       "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always"},
       "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["</s>", 0], ["\u2581", -2],
       ["a", -3], ["b", -3], ["c", -3], ["t", -3], ["he", -2], ["\u2581the", -1.5]]}}
      """;

  @Test
  void byteLevelJson() {
    List<Merge> merges =
        new MergeLearner(List.of(new WordCount(" abcabd", 5), new WordCount("cab", 3))).learn(5, 2);
    fuzz("tokenizer.json", TokenizerJsonWriter.write(BpeTrainer.bpe(merges)), 800);
  }

  @Test
  void jsonOfTheLibrary() {
    fuzz("tokenizer.json", UNIGRAM.getBytes(StandardCharsets.UTF_8), 800);
  }

  @Test
  void sentencePiece() {
    ModelFile model = ModelFile.likeLlama();
    List.of("\u2581", "a", "b", "ab", "\u2581the", "\ud83d\ude00")
        .forEach(piece -> model.normal(piece, -piece.length()));
    fuzz("tokenizer.model", model.bytes(), 2000);
  }

  private static void fuzz(String name, byte[] file, int times) {
    assertThat(isTokenizer(name, file)).isTrue();
    Random random = new Random(16);
    for (int i = 0; i < times; i++) {
      byte[] changed = file;
      for (int changes = random.nextInt(3); changes >= 0; changes--) {
        changed = change(changed, random);
      }
      isTokenizer(name, changed);
    }
  }

  private static byte[] change(byte[] file, Random random) {
    int from = random.nextInt(file.length);
    byte[] flipped = file.clone();
    switch (random.nextInt(4)) {
      case 0 -> flipped[from] ^= (byte) (1 << random.nextInt(Byte.SIZE));
      case 1 -> flipped[from] = (byte) random.nextInt();
      case 2 -> {
        return Arrays.copyOf(file, Math.max(1, from));
      }
      default -> {
        int to = Math.min(file.length, from + random.nextInt(20));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, from);
        out.writeBytes(SCRAPS.get(random.nextInt(SCRAPS.size())).getBytes(StandardCharsets.UTF_8));
        out.write(file, to, file.length - to);
        return out.toByteArray();
      }
    }
    return flipped;
  }

  private static boolean isTokenizer(String name, byte[] file) {
    Tokenizer tokenizer;
    try {
      tokenizer = new TokenizerSource(name, file).load("0".repeat(64));
      int[] ids = tokenizer.encode(TEXT);
      assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < tokenizer.vocabulary());
      assertThat(tokenizer.decode(ids)).isNotNull();
      return true;
    } catch (TokenizerException refused) {
      return false;
    }
  }
}
