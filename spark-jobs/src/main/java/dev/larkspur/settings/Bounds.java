package dev.larkspur.settings;

/** Where a number must lie. */
enum Bounds {
  POSITIVE("above 0"),
  NOT_NEGATIVE("0 or above"),
  /** A share that may be all or nothing. */
  SHARE("from 0 to 1"),
  /** A share that leaves something. */
  SHARE_BELOW_ONE("at least 0 and below 1"),
  /** A share that is something. */
  SHARE_ABOVE_ZERO("above 0 and at most 1"),
  /** A share that is something and leaves something. */
  PROPER_SHARE("above 0 and below 1");

  private final String words;

  Bounds(String words) {
    this.words = words;
  }

  /** Whether a number is still there, and not infinite, as the float that it ends as. */
  static boolean isFloat(double number, boolean zero) {
    return Math.abs(number) <= Float.MAX_VALUE && (zero || Math.abs((float) number) > 0);
  }

  boolean hold(double number) {
    return Double.isFinite(number)
        && switch (this) {
          case POSITIVE -> number > 0;
          case NOT_NEGATIVE -> number >= 0;
          case SHARE -> number >= 0 && number <= 1;
          case SHARE_BELOW_ONE -> number >= 0 && (float) number < 1;
          case SHARE_ABOVE_ZERO -> number > 0 && number <= 1;
          case PROPER_SHARE -> number > 0 && number < 1;
        };
  }

  String words() {
    return words;
  }
}
