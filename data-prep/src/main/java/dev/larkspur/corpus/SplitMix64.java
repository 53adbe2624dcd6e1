package dev.larkspur.corpus;

/** The mixing function of SplitMix64 (Steele, Lea, Flood 2014): a bijection that scatters bits. */
public final class SplitMix64 {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private SplitMix64() {}

  static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** A hash of several numbers in order. */
  public static long of(long... values) {
    long hash = 0;
    for (long value : values) {
      hash = mix(hash + GOLDEN + mix(value + GOLDEN));
    }
    return hash;
  }
}
