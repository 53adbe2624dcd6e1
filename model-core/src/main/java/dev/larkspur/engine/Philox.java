package dev.larkspur.engine;

/**
 * Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): a random
 * function of a key and a counter. It has no state, so that any thread can compute any block.
 */
final class Philox {
  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  /** Counters that are computed together, so that the compiler makes vectors of them. */
  private static final int LANES = 128;

  private Philox() {}

  /**
   * Writes the 128 random bits of a counter. Words of 32 bits are in little-endian order, as in the
   * paper's software.
   *
   * @param block receives bits 0 to 63 and 64 to 127: [2]
   */
  static void block(long key, long counterLow, long counterHigh, long[] block) {
    long c0 = counterLow & LOW;
    long c1 = counterLow >>> 32;
    long c2 = counterHigh & LOW;
    long c3 = counterHigh >>> 32;
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * c0;
      long product1 = MULTIPLIER_1 * c2;
      c0 = (product1 >>> 32) ^ c1 ^ (k0 & LOW);
      c1 = product1 & LOW;
      c2 = (product0 >>> 32) ^ c3 ^ (k1 & LOW);
      c3 = product0 & LOW;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    block[0] = c0 | (c1 << 32);
    block[1] = c2 | (c3 << 32);
  }

  /**
   * Writes the blocks of consecutive counters.
   *
   * @param first lower half of the first counter
   * @param blocks receives two numbers a counter: [2 · count]
   */
  static void blocks(long key, long first, long counterHigh, long[] blocks) {
    long[] c0 = new long[LANES];
    long[] c1 = new long[LANES];
    long[] c2 = new long[LANES];
    long[] c3 = new long[LANES];
    for (int done = 0; done < blocks.length / 2; done += LANES) {
      for (int lane = 0; lane < LANES; lane++) {
        long counter = first + done + lane;
        c0[lane] = counter & LOW;
        c1[lane] = counter >>> 32;
        c2[lane] = counterHigh & LOW;
        c3[lane] = counterHigh >>> 32;
      }
      int k0 = (int) key;
      int k1 = (int) (key >>> 32);
      for (int round = 0; round < ROUNDS; round++) {
        round(c0, c1, c2, c3, k0 & LOW, k1 & LOW);
        k0 += WEYL_0;
        k1 += WEYL_1;
      }
      for (int lane = 0; lane < Math.min(LANES, blocks.length / 2 - done); lane++) {
        blocks[2 * (done + lane)] = c0[lane] | (c1[lane] << 32);
        blocks[2 * (done + lane) + 1] = c2[lane] | (c3[lane] << 32);
      }
    }
  }

  private static void round(long[] c0, long[] c1, long[] c2, long[] c3, long k0, long k1) {
    for (int lane = 0; lane < LANES; lane++) {
      long product0 = MULTIPLIER_0 * c0[lane];
      long product1 = MULTIPLIER_1 * c2[lane];
      c0[lane] = (product1 >>> 32) ^ c1[lane] ^ k0;
      c1[lane] = product1 & LOW;
      c2[lane] = (product0 >>> 32) ^ c3[lane] ^ k1;
      c3[lane] = product0 & LOW;
    }
  }
}
