package dev.larkspur.report;

import java.util.Locale;

/** Counts of operations as the paper prints them. */
final class FlopText {
  private FlopText() {}

  /** For example {@code 1.69e18}. */
  static String of(double flops) {
    return String.format(Locale.ROOT, "%.2e", flops).replace("e+", "e");
  }
}
