package dev.larkspur.settings;

import java.math.BigDecimal;

/**
 * The allowed range of a number; an infinite bound is no bound.
 *
 * @param least least value
 * @param most greatest value
 * @param above excluded lower bound
 * @param below excluded upper bound, of the number as a 32-bit float
 */
record Range(double least, double most, double above, double below) {
  private static final double NONE = Double.POSITIVE_INFINITY;

  /** Above 0. */
  static final Range POSITIVE = new Range(-NONE, NONE, 0, NONE);

  /** From 0 to 1. */
  static final Range FRACTION = new Range(0, 1, -NONE, NONE);

  static Range of(Setting setting) {
    return new Range(setting.least(), setting.most(), setting.above(), setting.below());
  }

  static Range from(double least) {
    return new Range(least, NONE, -NONE, NONE);
  }

  Range to(double greatest) {
    return new Range(least, greatest, above, below);
  }

  /** Whether a number stays finite, and does not become 0, when it is rounded to a 32-bit float. */
  static boolean isFloat(double number, boolean zero) {
    return Math.abs(number) <= Float.MAX_VALUE && (zero || Math.abs((float) number) > 0);
  }

  boolean contains(double number) {
    return Double.isFinite(number)
        && number >= least
        && number <= most
        && number > above
        && (float) number < below;
  }

  /** For example "above 0 and at most 1". */
  String words() {
    boolean bottom = Double.isFinite(least);
    boolean top = Double.isFinite(most);
    if (bottom && top) {
      return "from " + text(least) + " to " + text(most);
    }
    String low = bottom ? "at least " + text(least) : "above " + text(above);
    String high = top ? "at most " + text(most) : "below " + text(below);
    if (!top && !Double.isFinite(below)) {
      return bottom ? text(least) + " or above" : low;
    }
    return bottom || Double.isFinite(above) ? low + " and " + high : high;
  }

  private static String text(double bound) {
    return Double.isFinite(bound)
        ? BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString()
        : String.valueOf(bound);
  }
}
