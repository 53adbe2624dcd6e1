package dev.larkspur.benchmark;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Reads memory once, by all threads of a device, which bounds the speed of work that reads more
 * than caches hold. Sums of integers are what the JVM computes faster than memory delivers.
 */
final class MemoryReading implements Runnable {
  /** More than caches hold. */
  private static final int VALUES = 1 << 25;

  private final int[][] parts;
  private long sum;

  MemoryReading(int threads) {
    parts = new int[threads][VALUES / threads];
    for (int[] part : parts) {
      Arrays.fill(part, 1);
    }
  }

  /** Bytes that a run reads. */
  long bytes() {
    return (long) Integer.BYTES * parts.length * parts[0].length;
  }

  /** The sum of all values since the first run, which keeps compilers from leaving reads out. */
  long sum() {
    return sum;
  }

  @Override
  public void run() {
    sum += IntStream.range(0, parts.length).parallel().mapToLong(i -> sum(parts[i])).sum();
  }

  private static int sum(int[] values) {
    int sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i];
    }
    return sum;
  }
}
