package dev.larkspur.tokenizer;

import dev.larkspur.tokenizer.MergeOrder.Merge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The merges of SentencePiece's BPE: two neighbours are merged if they form a piece together.
 * Symbols are the ids of pieces, followed by numbers for characters that occur in pieces without
 * being one.
 */
final class PieceVocabulary {
  private static final int NONE = -1;

  private final int size;
  private final int[] basic = new int[Character.MIN_SUPPLEMENTARY_CODE_POINT]; // [character] symbol
  private final Map<Integer, Integer> supplementary = new HashMap<>();
  private final PairTable merges;
  private final int[] ranks; // [id]: 0 for the highest score, equal for equal scores

  /**
   * Prepares the merges.
   *
   * @param texts [id] of normal pieces, null for others
   * @param scores [id]
   */
  PieceVocabulary(List<String> texts, float[] scores) {
    size = texts.size();
    ranks = ranks(scores);
    Map<String, Integer> symbols = symbols(texts);
    Arrays.fill(basic, NONE);
    symbols.forEach(
        (text, symbol) -> {
          int point = text.codePointAt(0);
          if (text.length() == Character.charCount(point)) {
            if (point < basic.length) {
              basic[point] = symbol;
            } else {
              supplementary.put(point, symbol);
            }
          }
        });
    merges = new PairTable(2 * size);
    for (int id = 0; id < size; id++) {
      if (texts.get(id) != null) {
        addMerges(texts.get(id), id, symbols);
      }
    }
  }

  private static Map<String, Integer> symbols(List<String> texts) {
    Map<String, Integer> symbols = new HashMap<>();
    for (int id = 0; id < texts.size(); id++) {
      if (texts.get(id) != null) {
        symbols.put(texts.get(id), id);
      }
    }
    List<String> spelled = new ArrayList<>(symbols.keySet());
    TreeSet<Integer> points = new TreeSet<>();
    spelled.forEach(text -> text.codePoints().forEach(points::add));
    int next = texts.size();
    for (int point : points) {
      if (symbols.putIfAbsent(Character.toString(point), next) == null) {
        next++;
      }
    }
    return symbols;
  }

  private void addMerges(String text, int id, Map<String, Integer> symbols) {
    for (int cut = text.offsetByCodePoints(0, 1);
        cut < text.length();
        cut = text.offsetByCodePoints(cut, 1)) {
      Integer left = symbols.get(text.substring(0, cut));
      Integer right = symbols.get(text.substring(cut));
      if (left != null && right != null) {
        merges.put(left, right, id);
      }
    }
  }

  private static int[] ranks(float[] scores) {
    float[] sorted = scores.clone();
    for (int id = 0; id < sorted.length; id++) {
      // Sorting distinguishes the two zeros, comparison does not.
      sorted[id] = sorted[id] == 0 ? 0f : sorted[id];
    }
    Arrays.sort(sorted);
    Map<Float, Integer> places = new HashMap<>();
    for (int i = sorted.length - 1; i >= 0; i--) {
      places.putIfAbsent(sorted[i], places.size());
    }
    int[] ranks = new int[scores.length];
    for (int id = 0; id < ranks.length; id++) {
      ranks[id] = places.get(scores[id] == 0 ? 0f : scores[id]);
    }
    return ranks;
  }

  /** The symbol of a character; -1 if it is in no piece. */
  int symbol(int codePoint) {
    return codePoint < basic.length
        ? basic[codePoint]
        : supplementary.getOrDefault(codePoint, NONE);
  }

  /** Whether the symbol is the id of a piece. */
  boolean isPiece(int symbol) {
    return symbol >= 0 && symbol < size;
  }

  /** The piece that two symbols form; -1 if they form none. */
  int merged(int left, int right) {
    return merges.value(left, right);
  }

  /** The priority of merges into a piece: lower ranks first, then from left to right. */
  int rank(int id) {
    return ranks[id];
  }

  /**
   * A hash table from pairs of symbols to merged symbols, without objects. Entries cannot be
   * removed.
   */
  static final class PairTable {
    private static final long FREE = -1;

    private long[] keys; // [slot] of a power of two
    private int[] values;
    private int size;

    PairTable(int expected) {
      allocate(Integer.highestOneBit(Math.max(expected, 8)) * 4);
    }

    private void allocate(int slots) {
      keys = new long[slots];
      Arrays.fill(keys, FREE);
      values = new int[slots];
    }

    void put(int left, int right, int value) {
      if (2 * size >= keys.length) {
        long[] oldKeys = keys;
        int[] oldValues = values;
        allocate(2 * keys.length);
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
          if (oldKeys[i] != FREE) {
            put((int) (oldKeys[i] >>> 32), (int) oldKeys[i], oldValues[i]);
          }
        }
      }
      long key = Merge.pair(left, right);
      int slot = slot(key);
      if (keys[slot] == FREE) {
        size++;
      }
      keys[slot] = key;
      values[slot] = value;
    }

    /** The value of a pair; -1 if it has none. Negative symbols are in no pair. */
    int value(int left, int right) {
      if (left < 0 || right < 0) {
        return -1;
      }
      int slot = slot(Merge.pair(left, right));
      return keys[slot] == FREE ? -1 : values[slot];
    }

    /** The slot of the key, whether it exists or not. */
    private int slot(long key) {
      long mixed = key * 0x9E3779B97F4A7C15L;
      int slot = (int) (mixed >>> 40) & (keys.length - 1);
      while (keys[slot] != FREE && keys[slot] != key) {
        slot = (slot + 1) & (keys.length - 1);
      }
      return slot;
    }
  }
}
