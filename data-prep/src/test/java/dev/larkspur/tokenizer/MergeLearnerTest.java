package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.tokenizer.BpeTrainer.WordCount;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MergeLearnerTest {
  /** The textbook example: aaabdaaabac, where Z = aa, Y = ab, X = ZY. */
  @Test
  void theTextbookExample() {
    List<Merge> merges = new MergeLearner(List.of(new WordCount("aaabdaaabac", 1))).learn(9, 2);
    assertThat(merges)
        .containsExactly(
            new Merge('a', 'a', 256), new Merge('a', 'b', 257), new Merge(256, 257, 258));
  }

  @Test
  void countsOfWordsWeigh() {
    List<WordCount> words = List.of(new WordCount("xy", 10), new WordCount("yzyzyz", 3));
    assertThat(new MergeLearner(words).learn(1, 1)).containsExactly(new Merge('x', 'y', 256));
    List<WordCount> others = List.of(new WordCount("xy", 8), new WordCount("yzyzyz", 3));
    assertThat(new MergeLearner(others).learn(1, 1)).containsExactly(new Merge('y', 'z', 256));
  }

  @Test
  void incrementalCountsGiveWhatCountingAnewGives() {
    Random random = new Random(3);
    for (int trial = 0; trial < 40; trial++) {
      List<WordCount> words = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        StringBuilder word = new StringBuilder();
        for (int length = 1 + random.nextInt(12); length > 0; length--) {
          word.append((char) ('a' + random.nextInt(3)));
        }
        words.add(new WordCount(word.toString(), 1 + random.nextInt(5)));
      }
      List<Merge> merges = new MergeLearner(words).learn(50, 2);
      assertThat(merges).isEqualTo(countingAnew(words, 50));
      Collections.shuffle(words, random);
      assertThat(new MergeLearner(words).learn(50, 2)).isEqualTo(merges);
    }
  }

  private static List<Merge> countingAnew(List<WordCount> counted, int limit) {
    List<List<Integer>> words = new ArrayList<>();
    for (WordCount word : counted) {
      List<Integer> ids = new ArrayList<>();
      for (byte value : word.word().getBytes(StandardCharsets.UTF_8)) {
        ids.add(value & 0xff);
      }
      words.add(ids);
    }
    List<Merge> merges = new ArrayList<>();
    while (merges.size() < limit) {
      Map<Long, Long> counts = new TreeMap<>();
      for (int w = 0; w < words.size(); w++) {
        for (int i = 0; i + 1 < words.get(w).size(); i++) {
          long pair = Merge.pair(words.get(w).get(i), words.get(w).get(i + 1));
          counts.merge(pair, counted.get(w).count(), Long::sum);
        }
      }
      long best = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
      if (best < 2) {
        break;
      }
      long pair =
          counts.entrySet().stream()
              .filter(entry -> entry.getValue() == best)
              .findFirst()
              .orElseThrow()
              .getKey();
      Merge merge = new Merge((int) (pair >>> 32), (int) pair, 256 + merges.size());
      merges.add(merge);
      words.replaceAll(word -> join(word, merge));
    }
    return merges;
  }

  private static List<Integer> join(List<Integer> word, Merge merge) {
    List<Integer> joined = new ArrayList<>();
    for (int i = 0; i < word.size(); i++) {
      boolean here =
          i + 1 < word.size() && word.get(i) == merge.left() && word.get(i + 1) == merge.right();
      joined.add(here ? merge.merged() : word.get(i));
      i += here ? 1 : 0;
    }
    return joined;
  }
}
