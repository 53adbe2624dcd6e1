package dev.larkspur.watch;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The lines of metrics of one kind, in ascending order of steps, as columns of numbers: {@code
 * seconds.compute} is the field {@code compute} of the object {@code seconds}. A number that a line
 * lacks is NaN.
 */
final class Track {
  /** Lines of steps. */
  static final String TRAINING = "training";

  /** Lines of validations. */
  static final String VALIDATION = "validation";

  /** Columns of the time of the phases of steps, in seconds. */
  static final String PHASES = "seconds.";

  static final String STEP = "step";
  static final String TOKENS = "tokens";

  private static final int FIRST_CAPACITY = 16;

  private final Map<String, double[]> columns = new LinkedHashMap<>();
  private double[] steps = new double[FIRST_CAPACITY];
  private int size;

  /** Number of lines. */
  int size() {
    return size;
  }

  /** Updates done by line {@code i}. */
  double step(int i) {
    return steps[i];
  }

  /** The last step; 0 if there are no lines. */
  double lastStep() {
    return size == 0 ? 0 : steps[size - 1];
  }

  /** Names of the columns, without that of steps. */
  Set<String> names() {
    return columns.keySet();
  }

  /** The number of a column in line {@code i}; NaN if it has none. */
  double value(String column, int i) {
    double[] values = columns.get(column);
    return values == null ? Double.NaN : values[i];
  }

  /** The sum of a column; numbers that lines lack count as 0. */
  double sum(String column) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double value = value(column, i);
      sum += Double.isNaN(value) ? 0 : value;
    }
    return sum;
  }

  /** Adds a line. */
  void add(Map<String, Double> line) {
    if (size == steps.length) {
      steps = longer(steps);
      columns.replaceAll((name, values) -> longer(values));
    }
    line.forEach(
        (name, value) -> {
          if (name.equals(STEP)) {
            steps[size] = value;
          } else {
            column(name)[size] = value;
          }
        });
    size++;
  }

  /**
   * Adds the lines of a later file after the last step: an interrupted compaction leaves lines in
   * two files.
   */
  void append(Track later) {
    int from = 0;
    while (size > 0 && from < later.size && later.steps[from] <= lastStep()) {
      from++;
    }
    int added = later.size - from;
    int capacity = Math.max(size + added, FIRST_CAPACITY);
    if (capacity > steps.length) {
      capacity = Math.max(capacity, 2 * steps.length);
      steps = resized(steps, capacity);
      int length = capacity;
      columns.replaceAll((name, values) -> resized(values, length));
    }
    System.arraycopy(later.steps, from, steps, size, added);
    for (Map.Entry<String, double[]> column : later.columns.entrySet()) {
      System.arraycopy(column.getValue(), from, column(column.getKey()), size, added);
    }
    size += added;
  }

  /** Whether the first lines are those of another track. */
  boolean beginsWith(Track earlier) {
    if (size < earlier.size || !names().containsAll(earlier.names())) {
      return false;
    }
    return Arrays.equals(steps, 0, earlier.size, earlier.steps, 0, earlier.size)
        && earlier.columns.entrySet().stream()
            .allMatch(
                column ->
                    Arrays.equals(
                        columns.get(column.getKey()),
                        0,
                        earlier.size,
                        column.getValue(),
                        0,
                        earlier.size));
  }

  private double[] column(String name) {
    return columns.computeIfAbsent(
        name,
        added -> {
          double[] values = new double[steps.length];
          Arrays.fill(values, Double.NaN);
          return values;
        });
  }

  private static double[] longer(double[] values) {
    return resized(values, 2 * values.length);
  }

  private static double[] resized(double[] values, int length) {
    double[] longer = Arrays.copyOf(values, length);
    Arrays.fill(longer, values.length, length, Double.NaN);
    return longer;
  }
}
