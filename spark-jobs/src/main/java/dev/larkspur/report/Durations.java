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
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }
    if (whole < 86_400) {
      return String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
    return String.format(Locale.ROOT, "%d d %d h", whole / 86_400, whole % 86_400 / 3600);
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
