package dev.larkspur.report.chart;

import java.util.List;

/**
 * Data of a chart with one colour and one entry in the legend.
 *
 * @param name for the legend
 * @param points drawn as marks
 * @param line points joined by a line
 * @param band drawn as an area, in ascending order of x
 */
public record Series(String name, List<Point> points, List<Point> line, List<Band> band) {

  /** Copies the lists. */
  public Series {
    points = List.copyOf(points);
    line = List.copyOf(line);
    band = List.copyOf(band);
  }

  /** A series of marks joined by a line. */
  public static Series joined(String name, List<Point> points) {
    return new Series(name, points, points, List.of());
  }

  /** A confidence interval of y at one x. */
  public record Band(double x, double low, double high) {}

  /** A point of a chart. */
  public record Point(double x, double y) {}
}
