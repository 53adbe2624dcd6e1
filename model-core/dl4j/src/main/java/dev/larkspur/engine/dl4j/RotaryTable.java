package dev.larkspur.engine.dl4j;

import dev.larkspur.model.Positions;

/** Angles of the rotary embedding: θ(t, i) = t · frequency(i). */
final class RotaryTable {
  private final int headDim;
  private final int half;
  private final double[] cosines;
  private final double[] sines;

  /** Computes the angles of positions below {@code context}. */
  RotaryTable(int context, int headDim, Positions.Rotary rotary) {
    double[] frequencies = rotary.frequencies(headDim);
    this.headDim = headDim;
    half = frequencies.length;
    cosines = new double[context * half];
    sines = new double[context * half];
    for (int t = 0; t < context; t++) {
      for (int i = 0; i < half; i++) {
        double angle = t * frequencies[i];
        cosines[t * half + i] = Math.cos(angle);
        sines[t * half + i] = Math.sin(angle);
      }
    }
  }

  /** Width of a head, whose first {@code 2 · half()} coordinates are rotated. */
  int headDim() {
    return headDim;
  }

  /** Number of rotated pairs of a head. */
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
