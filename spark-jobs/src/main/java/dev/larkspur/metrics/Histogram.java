package dev.larkspur.metrics;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How many values lie in each of some buckets. A bucket is a quarter of an octave wide: the
 * exponent and the first two bits of the mantissa of a 32-bit float are its number, so that no
 * value is compared with a bound. Values that are not finite are not counted.
 */
public final class Histogram implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Bits of a float that do not determine its bucket. */
  private static final int DROPPED_BITS = 21;

  private static final int SIGN = 1 << (31 - DROPPED_BITS);

  /** Numbers of the buckets that are not empty, by increasing value. */
  private final int[] buckets;

  private final long[] counts;
  private final double[] moments;

  private Histogram(int[] buckets, long[] counts, double[] moments) {
    this.buckets = buckets;
    this.counts = counts;
    this.moments = moments;
  }

  /** Number of values. */
  public long count() {
    return Arrays.stream(counts).sum();
  }

  /** The least value; infinite if there is none. */
  public double min() {
    return moments[0];
  }

  /** The greatest value; negatively infinite if there is none. */
  public double max() {
    return moments[1];
  }

  public double sum() {
    return moments[2];
  }

  public double sumOfSquares() {
    return moments[3];
  }

  /** Counts of the buckets that are not empty, by increasing value. */
  public long[] counts() {
    return counts.clone();
  }

  /** Lower bounds of these buckets. */
  public double[] lowerBounds() {
    return Arrays.stream(buckets)
        .mapToDouble(bucket -> isNegative(bucket) ? -magnitude(bucket + 1) : magnitude(bucket))
        .toArray();
  }

  /** Upper bounds of these buckets. */
  public double[] upperBounds() {
    return Arrays.stream(buckets)
        .mapToDouble(bucket -> isNegative(bucket) ? -magnitude(bucket) : magnitude(bucket + 1))
        .toArray();
  }

  private static boolean isNegative(int bucket) {
    return bucket >= SIGN;
  }

  /** Least magnitude of a bucket's values. */
  private static double magnitude(int bucket) {
    int bits = (bucket % SIGN) << DROPPED_BITS;
    // The bucket after the last finite one would begin at infinity.
    return Math.min(Float.intBitsToFloat(bits), Float.MAX_VALUE);
  }

  /** Counts values. Not thread-safe. */
  public static final class Counter {
    private final long[] counts = new long[2 * SIGN];
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sum;
    private double sumOfSquares;

    /** Adds the remaining values of a buffer. */
    public void add(FloatBuffer values) {
      while (values.hasRemaining()) {
        float value = values.get();
        if (Float.isFinite(value)) {
          counts[Float.floatToRawIntBits(value) >>> DROPPED_BITS]++;
          min = Math.min(min, value);
          max = Math.max(max, value);
          sum += value;
          sumOfSquares += (double) value * value;
        }
      }
    }

    /** The values so far. */
    public Histogram histogram() {
      int[] buckets =
          IntStream.concat(
                  IntStream.iterate(2 * SIGN - 1, bucket -> bucket >= SIGN, bucket -> bucket - 1),
                  IntStream.range(0, SIGN))
              .filter(bucket -> counts[bucket] > 0)
              .toArray();
      long[] found = Arrays.stream(buckets).mapToLong(bucket -> counts[bucket]).toArray();
      return new Histogram(buckets, found, new double[] {min, max, sum, sumOfSquares});
    }
  }
}
