package dev.larkspur.engine.dl4j;

/**
 * Angles of the rotary embedding: θ(t, i) = t · base^(−2i / headDim).
 *
 * @param half {@code headDim / 2}
 * @param cosines [context · half], row t the cosines of position t
 * @param sines the same
 */
record RotaryTable(int half, double[] cosines, double[] sines) {

  static RotaryTable of(int context, int headDim, double base) {
    int half = headDim / 2;
    double[] cosines = new double[context * half];
    double[] sines = new double[context * half];
    for (int t = 0; t < context; t++) {
      for (int i = 0; i < half; i++) {
        double angle = t * Math.pow(base, -2.0 * i / headDim);
        cosines[t * half + i] = Math.cos(angle);
        sines[t * half + i] = Math.sin(angle);
      }
    }
    return new RotaryTable(half, cosines, sines);
  }
}
