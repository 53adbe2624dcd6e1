package dev.larkspur.corpus;

import dev.larkspur.storage.SplitMix64;

/**
 * A permutation of 0 … size - 1 in constant memory: a Feistel network over the next larger even
 * number of bits, iterated until the result is inside the range (at most four iterations on
 * average).
 */
final class Permutation {
  private static final int ROUNDS = 6;

  private Permutation() {}

  static int at(int index, int size, long key) {
    if (size == 1) {
      return 0;
    }
    int half = (33 - Integer.numberOfLeadingZeros(size - 1)) / 2;
    int mask = (1 << half) - 1;
    long value = index;
    do {
      long left = value >>> half;
      long right = value & mask;
      for (int round = 0; round < ROUNDS; round++) {
        long next = left ^ (SplitMix64.mix(key + SplitMix64.mix((right << 8) | round)) & mask);
        left = right;
        right = next;
      }
      value = (left << half) | right;
    } while (value >= size);
    return (int) value;
  }
}
