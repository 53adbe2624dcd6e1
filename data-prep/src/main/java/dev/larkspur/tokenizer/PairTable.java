package dev.larkspur.tokenizer;

import dev.larkspur.tokenizer.MergeOrder.Merge;
import java.util.Arrays;

/**
 * A hash table from pairs of symbols to merged symbols, without objects. Entries cannot be removed.
 */
final class PairTable {
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
