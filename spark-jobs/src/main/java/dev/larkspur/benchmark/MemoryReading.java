package dev.larkspur.benchmark;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Reads memory once, by all threads of a device, which bounds the speed of work that reads more
 * than caches hold. Each thread compares two arrays, which the JVM does faster than memory delivers
 * them.
 */
final class MemoryReading implements Runnable {
  private final int[][] left;
  private final int[][] right;
  private boolean equal = true;

  /**
   * @param threads that read
   * @param bytes to read
   */
  MemoryReading(int threads, long bytes) {
    int values = Math.toIntExact(bytes / threads / 2 / Integer.BYTES);
    left = new int[threads][values];
    right = new int[threads][values];
    // Written, as memory that was only allocated is not there yet.
    for (int part = 0; part < threads; part++) {
      Arrays.fill(left[part], 1);
      Arrays.fill(right[part], 1);
    }
  }

  /** Bytes that a run reads. */
  long bytes() {
    return 2L * Integer.BYTES * left.length * left[0].length;
  }

  /** Whether all runs found the arrays equal, which they are: so no read is left out. */
  boolean isComplete() {
    return equal;
  }

  @Override
  public void run() {
    equal &=
        IntStream.range(0, left.length)
                .parallel()
                .filter(part -> Arrays.equals(left[part], right[part]))
                .count()
            == left.length;
  }
}
