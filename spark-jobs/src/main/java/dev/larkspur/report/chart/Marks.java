package dev.larkspur.report.chart;

import java.util.List;
import java.util.Locale;

/** Shapes that tell series apart where colours do not. */
final class Marks {
  /** Paths around the origin. */
  private static final List<String> SHAPES =
      List.of(
          "m-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0z",
          "m-4,-4h8v8h-8z",
          "m0,-5.2l5,8.8h-10z",
          "m0,-5.6l5.6,5.6l-5.6,5.6l-5.6,-5.6z",
          "m0,5.2l5,-8.8h-10z",
          "m-4.5,-1.5h3v-3h3v3h3v3h-3v3h-3v-3h-3z");

  private Marks() {}

  static String at(int series, double x, double y) {
    return String.format(
        Locale.ROOT,
        "<path class=\"mark\" d=\"M%.2f,%.2f%s\"/>",
        x,
        y,
        SHAPES.get(series % SHAPES.size()));
  }
}
