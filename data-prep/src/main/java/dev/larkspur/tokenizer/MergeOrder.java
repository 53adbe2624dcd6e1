package dev.larkspur.tokenizer;

import dev.larkspur.tokenizer.TokenizerJson.OtherTokenizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Verifies that merging by id is equivalent to merging in the order of the merges.
 *
 * <p>jtokkit merges any two neighbours whose bytes together are a token, lowest id first. That is
 * the same as applying the merges in order if ids grow with the merges and if every token, taken
 * alone, is built by the merges: encodings are consistent for substrings, so two neighbours that
 * form a token are always the two that its merge joins.
 */
final class MergeOrder {
  private static final long MOST_WORK = 1L << 30;

  private final byte[][] pieces;
  private final List<Merge> merges;
  private final Map<Long, Integer> merged = new HashMap<>();
  private final int[] byteIds = new int[256];

  MergeOrder(byte[][] pieces, List<Merge> merges) {
    this.pieces = pieces;
    this.merges = merges;
  }

  void check() throws OtherTokenizer {
    requireShort();
    int last = -1;
    for (Merge merge : merges) {
      if (merge.merged() <= last) {
        throw refuse(
            "its ids do not follow the order of its merges (at id " + merge.merged() + ")");
      }
      last = merge.merged();
      merged.put(merge.pair(), merge.merged());
    }
    for (int id = 0; id < pieces.length; id++) {
      if (pieces[id] != null && pieces[id].length == 1) {
        byteIds[pieces[id][0] & 0xff] = id;
      }
    }
    for (int id = 0; id < pieces.length; id++) {
      if (pieces[id] != null && !isBuilt(id)) {
        throw refuse("its merges do not lead to its token " + id);
      }
    }
  }

  /** Bounds the lengths of tokens, because verifying one takes time quadratic in its length. */
  private void requireShort() throws OtherTokenizer {
    long work = 0;
    for (byte[] piece : pieces) {
      work += piece == null ? 0 : (long) piece.length * piece.length;
    }
    if (work > MOST_WORK) {
      throw refuse("its tokens are too long to be verified");
    }
  }

  private boolean isBuilt(int id) {
    int length = pieces[id].length;
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = byteIds[pieces[id][i] & 0xff];
    }
    while (length > 1) {
      int at = -1;
      int best = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < length; i++) {
        int candidate = merged.getOrDefault(Merge.pair(ids[i], ids[i + 1]), Integer.MAX_VALUE);
        if (candidate < best) {
          best = candidate;
          at = i;
        }
      }
      if (at < 0) {
        return false;
      }
      ids[at] = best;
      System.arraycopy(ids, at + 2, ids, at + 1, length - at - 2);
      length--;
    }
    return ids[0] == id;
  }

  private static OtherTokenizer refuse(String reason) {
    return new OtherTokenizer(reason);
  }

  /**
   * A merge of byte-level BPE: two neighbouring tokens become one.
   *
   * @param left id of the first token
   * @param right id of the second
   * @param merged id of the merged token
   */
  record Merge(int left, int right, int merged) {
    long pair() {
      return pair(left, right);
    }

    static long pair(int left, int right) {
      return ((long) left << 32) | right;
    }
  }
}
