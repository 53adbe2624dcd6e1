package dev.larkspur.tokenizer;

import dev.larkspur.tokenizer.BpeTrainer.WordCount;
import dev.larkspur.tokenizer.MergeOrder.Merge;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Learns byte-pair merges from counted words: repeatedly merges the most frequent pair of
 * neighbours. Ties are broken by the smaller left id, then the smaller right id, so that the result
 * depends only on the counts. Counts are updated incrementally, so that a merge costs only the
 * words that it changes.
 */
final class MergeLearner {
  private static final int BYTES = 256;
  private static final Comparator<Candidate> ORDER =
      Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair);

  private final int[][] words; // [word][token]; the first lengths[word] tokens count
  private final int[] lengths;
  private final long[] counts;
  private final Map<Long, Pair> pairs = new HashMap<>();
  // The count of a pair only decreases after it was queued, so a stale entry comes out too early,
  // never too late, and is then queued again.
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>(ORDER);

  MergeLearner(List<WordCount> counted) {
    words = new int[counted.size()][];
    lengths = new int[counted.size()];
    counts = new long[counted.size()];
    for (int w = 0; w < words.length; w++) {
      byte[] bytes = counted.get(w).word().getBytes(StandardCharsets.UTF_8);
      words[w] = new int[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        words[w][i] = bytes[i] & 0xff;
      }
      lengths[w] = bytes.length;
      counts[w] = counted.get(w).count();
      add(w, counts[w], -1);
    }
    pairs.forEach((pair, state) -> queue.add(new Candidate(state.count, pair)));
  }

  /** At most {@code limit} merges, fewer if no pair occurs {@code smallest} times. */
  List<Merge> learn(int limit, long smallest) {
    List<Merge> merges = new ArrayList<>();
    while (merges.size() < limit && !queue.isEmpty()) {
      Candidate top = queue.remove();
      Pair pair = pairs.get(top.pair);
      if (top.count < smallest) {
        break;
      }
      if (pair.count != top.count) {
        queue.add(new Candidate(pair.count, top.pair));
        continue;
      }
      Merge merge = new Merge((int) (top.pair >>> 32), (int) top.pair, BYTES + merges.size());
      merges.add(merge);
      apply(merge, pair);
    }
    return merges;
  }

  private void apply(Merge merge, Pair pair) {
    List<Long> created = new ArrayList<>();
    for (int i = 0; i < pair.words; i++) {
      int w = pair.where[i];
      add(w, -counts[w], -1);
      join(w, merge);
      created.addAll(add(w, counts[w], merge.merged()));
    }
    pairs.remove(merge.pair());
    created.stream().distinct().forEach(key -> queue.add(new Candidate(pairs.get(key).count, key)));
  }

  private void join(int w, Merge merge) {
    int[] word = words[w];
    int length = 0;
    for (int i = 0; i < lengths[w]; i++) {
      boolean here = i + 1 < lengths[w] && word[i] == merge.left() && word[i + 1] == merge.right();
      word[length++] = here ? merge.merged() : word[i];
      i += here ? 1 : 0;
    }
    lengths[w] = length;
  }

  /**
   * Adds the pairs of a word to the counts and records the positions of pairs with the token {@code
   * merged} (-1: all pairs without positions). Returns the pairs with that token.
   */
  private List<Long> add(int w, long count, int merged) {
    List<Long> created = new ArrayList<>();
    for (int i = 0; i + 1 < lengths[w]; i++) {
      int left = words[w][i];
      int right = words[w][i + 1];
      long key = Merge.pair(left, right);
      Pair pair = pairs.computeIfAbsent(key, any -> new Pair());
      pair.count += count;
      if (count > 0 && (merged < 0 || left == merged || right == merged)) {
        pair.occursIn(w);
        created.add(key);
      }
    }
    return created;
  }

  private record Candidate(long count, long pair) {}

  private static final class Pair {
    private long count;
    private int[] where = new int[2];
    private int words;

    void occursIn(int word) {
      if (words > 0 && where[words - 1] == word) {
        return;
      }
      if (words == where.length) {
        where = Arrays.copyOf(where, 2 * words);
      }
      where[words++] = word;
    }
  }
}
