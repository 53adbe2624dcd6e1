package dev.larkspur.storage;

/**
 * SplitMix64 (Steele, Lea, Flood 2014) as a hash. Both functions of one number are bijections that
 * mix its bits.
 */
public final class SplitMix64 {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private SplitMix64() {}

  /** The mixing function; 0 stays 0. */
  public static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** The first number of a generator with this seed. */
  public static long first(long seed) {
    return mix(seed + GOLDEN);
  }

  /** A hash of several numbers in order. */
  public static long of(long... values) {
    long hash = 0;
    for (long value : values) {
      hash = first(hash + first(value));
    }
    return hash;
  }
}
