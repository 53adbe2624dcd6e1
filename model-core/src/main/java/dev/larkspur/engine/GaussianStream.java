package dev.larkspur.engine;

import java.nio.charset.StandardCharsets;

/**
 * Standard normal numbers as a function of seed, name and index: the same bits in any order, on any
 * number of threads and on every machine. The generator is {@link Philox}, keyed by the seed; the
 * name is the upper half of its counter. Bits become numbers by the ziggurat of Marsaglia and Tsang
 * (2000) with 256 layers, and by {@link StrictMath} outside of it, whose results are specified.
 *
 * @param seed key of the generator
 * @param substream upper half of the counter
 */
record GaussianStream(long seed, long substream) {
  /** Where the tail begins, and the area of each layer, for 256 layers. */
  private static final double TAIL = 3.654152885361009;

  private static final double AREA = 0.00492867323399;
  private static final int LAYERS = 256;

  /** Numbers whose bits are drawn together; even. */
  private static final int DRAWN_AT_ONCE = 1 << 12;

  /** Magnitudes have 55 bits: 64 less those of the layer and the sign. */
  private static final double MAGNITUDES = 0x1p55;

  /** Blocks after the first of an element are counted above the bits of its index. */
  private static final int INDEX_BITS = 48;

  /** Magnitudes below this are inside a layer's rectangle; [LAYERS]. */
  private static final long[] INSIDE = new long[LAYERS];

  /** A layer's width by magnitudes; [LAYERS]. */
  private static final double[] WIDTH = new double[LAYERS];

  /** The density, 1 at 0, at a layer's edge; [LAYERS]. */
  private static final double[] DENSITY = new double[LAYERS];

  static {
    double edge = TAIL;
    double base = AREA / density(TAIL);
    INSIDE[0] = (long) (edge / base * MAGNITUDES);
    WIDTH[0] = base / MAGNITUDES;
    WIDTH[LAYERS - 1] = edge / MAGNITUDES;
    DENSITY[0] = 1;
    DENSITY[LAYERS - 1] = density(edge);
    for (int layer = LAYERS - 2; layer > 0; layer--) {
      double next = StrictMath.sqrt(-2 * StrictMath.log(AREA / edge + density(edge)));
      INSIDE[layer + 1] = (long) (next / edge * MAGNITUDES);
      WIDTH[layer] = next / MAGNITUDES;
      DENSITY[layer] = density(next);
      edge = next;
    }
  }

  private static double density(double x) {
    return StrictMath.exp(-0.5 * x * x);
  }

  /** The stream of a name. */
  static GaussianStream of(long seed, String name) {
    // FNV-1a.
    long hash = 0xCBF29CE484222325L;
    for (byte next : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (next & 0xFF)) * 0x100000001B3L;
    }
    return new GaussianStream(seed, hash);
  }

  /**
   * Writes numbers times a standard deviation.
   *
   * @param from index of the first
   * @param values receives numbers [from, from + values.length)
   */
  void fill(long from, double std, float[] values) {
    int skipped = (int) (from & 1);
    long[] bits = new long[Math.min(DRAWN_AT_ONCE, (values.length + skipped + 1) & -2)];
    for (int i = -skipped; i < values.length; i += bits.length) {
      Philox.blocks(seed, (from + i) >>> 1, substream, bits);
      int end = Math.min(bits.length, values.length - i);
      for (int j = Math.max(0, -i); j < end; j++) {
        values[i + j] = (float) (std * number(from + i + j, bits[j]));
      }
    }
  }

  /** The number of an index. */
  double at(long index) {
    long[] block = new long[2];
    Philox.block(seed, index >>> 1, substream, block);
    return number(index, block[(int) (index & 1)]);
  }

  private double number(long index, long bits) {
    int layer = (int) (bits & (LAYERS - 1));
    // Arithmetic: the sign is the highest bit.
    long magnitude = bits >> 8;
    return Math.abs(magnitude) < INSIDE[layer] ? magnitude * WIDTH[layer] : outside(index, bits);
  }

  /** The number of bits that are not inside a layer's rectangle, about one of 80. */
  private double outside(long index, long first) {
    long[] block = new long[2];
    long bits = first;
    for (long more = 1; ; more++) {
      int layer = (int) (bits & (LAYERS - 1));
      long magnitude = bits >> 8;
      double x = magnitude * WIDTH[layer];
      if (Math.abs(magnitude) < INSIDE[layer]) {
        return x;
      }
      if (layer == 0) {
        return tail(index, more, magnitude < 0);
      }
      Philox.block(seed, index | (more << INDEX_BITS), substream, block);
      double height = DENSITY[layer - 1] - DENSITY[layer];
      if (DENSITY[layer] + height * uniform(block[0]) < density(x)) {
        return x;
      }
      bits = block[1];
    }
  }

  /** A number beyond {@link #TAIL} (Marsaglia 1964). */
  private double tail(long index, long firstMore, boolean negative) {
    long[] block = new long[2];
    for (long more = firstMore; ; more++) {
      Philox.block(seed, index | (more << INDEX_BITS), substream, block);
      double x = -StrictMath.log(uniform(block[0])) / TAIL;
      double y = -StrictMath.log(uniform(block[1]));
      if (y + y > x * x) {
        return negative ? -(TAIL + x) : TAIL + x;
      }
    }
  }

  /** In (0, 1). */
  private static double uniform(long bits) {
    return ((bits >>> 12) + 0.5) * 0x1p-52;
  }
}
