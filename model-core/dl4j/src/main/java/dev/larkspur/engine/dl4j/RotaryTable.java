package dev.larkspur.engine.dl4j;

/** Angles of the rotary embedding: θ(t, i) = t · base^(−2i / headDim). */
final class RotaryTable {
  private final int half;
  private final double[] cosines;
  private final double[] sines;

  /** Computes the angles of positions below {@code context}. */
  RotaryTable(int context, int headDim, double base) {
    half = headDim / 2;
    cosines = new double[context * half];
    sines = new double[context * half];
    for (int t = 0; t < context; t++) {
      for (int i = 0; i < half; i++) {
        double angle = t * Math.pow(base, -2.0 * i / headDim);
        cosines[t * half + i] = Math.cos(angle);
        sines[t * half + i] = Math.sin(angle);
      }
    }
  }

  /** Number of pairs of a head: {@code headDim / 2}. */
  int half() {
    return half;
  }

  double cosine(int position, int pair) {
    return cosines[position * half + pair];
  }

  double sine(int position, int pair) {
    return sines[position * half + pair];
  }
}
