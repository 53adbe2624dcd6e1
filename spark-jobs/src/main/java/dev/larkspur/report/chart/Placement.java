package dev.larkspur.report.chart;

import java.util.List;

/**
 * Turns the values of one axis into pixels.
 *
 * @param axis whose values
 * @param least position of the first pixel, in the scale's terms
 * @param most position of the last pixel
 * @param from first pixel
 * @param to last pixel; below {@code from} for the y axis, which rises against the pixels
 */
record Placement(Axis axis, double least, double most, double from, double to) {
  private static final double MARGIN = 0.05;

  /**
   * An axis just long enough for all values.
   *
   * @throws IllegalArgumentException if there are none, or one cannot lie on the axis
   */
  static Placement of(Axis axis, List<Double> values, double from, double to) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a chart of nothing");
    }
    for (double value : values) {
      if (!Double.isFinite(axis.scale().position(value))) {
        throw new IllegalArgumentException(
            "%s cannot lie on the axis %s".formatted(value, axis.label()));
      }
    }
    double least = extreme(axis, values, Math::min);
    double most = extreme(axis, values, Math::max);
    double margin = most > least ? MARGIN * (most - least) : MARGIN * Math.max(1, Math.abs(most));
    return new Placement(axis, least - margin, most + margin, from, to);
  }

  private static double extreme(
      Axis axis, List<Double> values, java.util.function.DoubleBinaryOperator choice) {
    return values.stream().mapToDouble(axis.scale()::position).reduce(choice).orElseThrow();
  }

  double pixel(double value) {
    double share = (axis.scale().position(value) - least) / (most - least);
    return from + share * (to - from);
  }

  List<Tick> ticks() {
    return Ticks.of(axis.scale().value(least), axis.scale().value(most), axis.scale());
  }
}
