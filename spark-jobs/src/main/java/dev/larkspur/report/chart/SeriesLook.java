package dev.larkspur.report.chart;

import dev.larkspur.report.chart.Svg.ChartStyle;
import java.util.List;
import java.util.Locale;

/**
 * What distinguishes the series of a chart: a colour, and for whoever sees none or has more series
 * than colours, a mark and the dashes of the line. No two of the first {@value #DISTINCT} are
 * alike.
 */
final class SeriesLook {
  /** Series that differ in more than their name. */
  static final int DISTINCT = 96;

  /** Paths around the origin. */
  private static final List<String> SHAPES =
      List.of(
          "m-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0z",
          "m-4,-4h8v8h-8z",
          "m0,-5.2l5,8.8h-10z",
          "m0,-5.6l5.6,5.6l-5.6,5.6l-5.6,-5.6z",
          "m0,5.2l5,-8.8h-10z",
          "m-4.5,-1.5h3v-3h3v3h3v3h-3v3h-3v-3h-3z");

  private static final List<String> DASHES = List.of("", "7 4", "2 3", "9 3 2 3");

  private SeriesLook() {}

  /** The number of its colour. */
  static int colour(int series) {
    return series % ChartStyle.COLOURS;
  }

  /** How often all colours are used before. */
  private static int round(int series) {
    return series / ChartStyle.COLOURS;
  }

  /** An attribute of its line; empty if the line is not dashed. */
  static String dash(int series) {
    String dash = DASHES.get(round(series) % DASHES.size());
    return dash.isEmpty() ? "" : " stroke-dasharray=\"" + dash + "\"";
  }

  /** Its mark at a point. */
  static String mark(int series, double x, double y) {
    return String.format(
        Locale.ROOT,
        "<path class=\"mark\" d=\"M%.2f,%.2f%s\"/>",
        x,
        y,
        SHAPES.get((colour(series) + round(series)) % SHAPES.size()));
  }
}
