package dev.larkspur.report.chart;

import java.util.List;

/**
 * What belongs together in a chart, and has one colour and one entry in the legend.
 *
 * @param name for the legend
 * @param points drawn as marks
 * @param line drawn from point to point
 * @param band drawn as an area, by rising x
 */
public record Series(String name, List<Point> points, List<Point> line, List<Band> band) {

  /** Copies the lists. */
  public Series {
    points = List.copyOf(points);
    line = List.copyOf(line);
    band = List.copyOf(band);
  }

  /** Marks with a line from one to the next. */
  public static Series joined(String name, List<Point> points) {
    return new Series(name, points, points, List.of());
  }

  /** At one place of the x axis, where the y value lies with some confidence. */
  public record Band(double x, double low, double high) {}

  /** A value on each axis. */
  public record Point(double x, double y) {}
}
