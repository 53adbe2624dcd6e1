package dev.larkspur.curate;

/** The mixing function of SplitMix64 (Steele, Lea, Flood 2014): a bijection that scatters bits. */
final class Scatter {
  private Scatter() {}

  static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
