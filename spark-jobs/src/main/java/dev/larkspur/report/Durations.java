package dev.larkspur.report;

import java.util.Locale;

/** Formats durations. */
public final class Durations {
  private Durations() {}

  /**
   * Formats seconds, for example as {@code 42 s}, {@code 3 min 05 s}, {@code 7 h 12 min}, {@code 3
   * d 4 h}.
   */
  public static String text(double seconds) {
    long rounded = Math.round(seconds);
    if (rounded < 60) {
      return rounded + " s";
    }
    if (rounded < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", rounded / 60, rounded % 60);
    }
    if (rounded < 86_400) {
      return String.format(Locale.ROOT, "%d h %02d min", rounded / 3600, rounded % 3600 / 60);
    }
    return String.format(Locale.ROOT, "%d d %d h", rounded / 86_400, rounded % 86_400 / 3600);
  }

  /** Formats FLOPs as the paper prints them. */
  static final class FlopText {
    private FlopText() {}

    /** For example {@code 1.69e18}. */
    static String of(double flops) {
      return String.format(Locale.ROOT, "%.2e", flops).replace("e+", "e");
    }
  }
}
