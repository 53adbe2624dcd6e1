package dev.larkspur.report.chart;

import dev.larkspur.report.chart.LineChart.Series.Band;
import dev.larkspur.report.chart.LineChart.Series.Point;
import dev.larkspur.report.chart.Svg.ChartStyle;
import dev.larkspur.report.chart.Ticks.Tick;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Series over a common x axis, with a legend on the right.
 *
 * @param title shown above, and read by screen readers
 * @param x horizontal axis
 * @param y vertical axis
 * @param series in the order of the legend
 */
public record LineChart(String title, Axis x, Axis y, List<Series> series) {
  private static final int NARROWEST = 840;
  private static final int LOWEST = 440;
  private static final int LEFT = 76;
  private static final int RIGHT = 560;
  private static final int TOP = 44;
  private static final int BOTTOM = 380;
  private static final int LEGEND = 584;
  private static final int LEGEND_ROW = 24;
  private static final int LEGEND_TEXT = 34;
  private static final int MARGIN = 16;
  private static final double CHARACTER = 7.2;

  /** Copies the list. */
  public LineChart {
    series = List.copyOf(series);
  }

  /**
   * The chart as one SVG element, for a file or an HTML page.
   *
   * @throws IllegalArgumentException if there is nothing to show, or an axis cannot show a value
   */
  public String svg() {
    Placement across = Placement.of(x, all(Point::x, Stream.of()), LEFT, RIGHT);
    Placement up = Placement.of(y, all(Point::y, bands()), BOTTOM, TOP);
    Svg svg = new Svg();
    svg.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" width=\"%d\""
            + " height=\"%d\" viewBox=\"0 0 %d %d\">",
        width(), height(), width(), height());
    svg.add("<title>%s</title>", Svg.escaped(title));
    svg.add("%s", ChartStyle.CSS);
    svg.add("<rect class=\"page\" width=\"%d\" height=\"%d\"/>", width(), height());
    svg.add("<text class=\"title\" x=\"%d\" y=\"24\">%s</text>", LEFT, Svg.escaped(title));
    axes(svg, across, up, marked(across));
    for (int i = 0; i < series.size(); i++) {
      svg.add("<g class=\"c%d\">", SeriesLook.colour(i));
      series(svg, i, across, up);
      svg.add("</g>");
    }
    return svg.add("</svg>").toString();
  }

  /** Wide enough for the longest name of a series. */
  private int width() {
    int longest = series.stream().mapToInt(each -> each.name().length()).max().orElse(0);
    return Math.max(NARROWEST, LEGEND + LEGEND_TEXT + MARGIN + (int) (CHARACTER * longest));
  }

  /** High enough for the legend. */
  private int height() {
    return Math.max(LOWEST, TOP + MARGIN + series.size() * LEGEND_ROW);
  }

  /** Ticks of the x axis: at the data if they have few positions, else at round numbers. */
  private List<Tick> marked(Placement across) {
    List<Double> positions =
        series.stream()
            .flatMap(each -> each.points().stream())
            .map(Point::x)
            .distinct()
            .sorted()
            .toList();
    return Ticks.at(positions, across::pixel).orElseGet(across::ticks);
  }

  private List<Double> all(
      java.util.function.ToDoubleFunction<Point> coordinate, Stream<Double> more) {
    Stream<Double> points =
        series.stream()
            .flatMap(each -> Stream.concat(each.points().stream(), each.line().stream()))
            .map(coordinate::applyAsDouble);
    return Stream.concat(points, more).toList();
  }

  private Stream<Double> bands() {
    return series.stream()
        .flatMap(each -> each.band().stream())
        .flatMap(band -> DoubleStream.of(band.low(), band.high()).boxed());
  }

  private void axes(Svg svg, Placement across, Placement up, List<Tick> below) {
    for (Tick tick : below) {
      double at = across.pixel(tick.value());
      svg.add("<path class=\"grid\" d=\"M%.2f,%dV%d\"/>", at, TOP, BOTTOM);
      svg.add(
          "<text x=\"%.2f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
          at, BOTTOM + 20, tick.label());
    }
    for (Tick tick : up.ticks()) {
      double at = up.pixel(tick.value());
      svg.add("<path class=\"grid\" d=\"M%d,%.2fH%d\"/>", LEFT, at, RIGHT);
      svg.add(
          "<text x=\"%d\" y=\"%.2f\" text-anchor=\"end\">%s</text>",
          LEFT - 8, at + 4.5, tick.label());
    }
    svg.add("<path class=\"axis\" d=\"M%d,%dV%dH%d\"/>", LEFT, TOP, BOTTOM, RIGHT);
    svg.add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        (LEFT + RIGHT) / 2, BOTTOM + 46, Svg.escaped(x.label()));
    svg.add(
        "<text transform=\"translate(20,%d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
        (TOP + BOTTOM) / 2, Svg.escaped(y.label()));
  }

  private void series(Svg svg, int index, Placement across, Placement up) {
    Series each = series.get(index);
    if (!each.band().isEmpty()) {
      svg.add("<path class=\"band\" d=\"%sZ\"/>", outline(each.band(), across, up));
    }
    if (!each.line().isEmpty()) {
      svg.add(
          "<path class=\"line\"%s d=\"%s\"/>",
          SeriesLook.dash(index), path(each.line(), across, up));
    }
    for (Point point : each.points()) {
      svg.add("%s", SeriesLook.mark(index, across.pixel(point.x()), up.pixel(point.y())));
    }
    int row = TOP + 10 + index * LEGEND_ROW;
    svg.add("<path class=\"line\"%s d=\"M%d,%dh26\"/>", SeriesLook.dash(index), LEGEND, row);
    svg.add("%s", SeriesLook.mark(index, LEGEND + 13, row));
    svg.add(
        "<text x=\"%d\" y=\"%d\">%s</text>",
        LEGEND + LEGEND_TEXT, row + 4, Svg.escaped(each.name()));
  }

  private static String outline(List<Band> band, Placement across, Placement up) {
    List<Point> there = band.stream().map(each -> new Point(each.x(), each.high())).toList();
    StringBuilder back = new StringBuilder(path(there, across, up));
    for (int i = band.size() - 1; i >= 0; i--) {
      back.append("L").append(pair(new Point(band.get(i).x(), band.get(i).low()), across, up));
    }
    return back.toString();
  }

  private static String path(List<Point> points, Placement across, Placement up) {
    return points.stream()
        .map(point -> pair(point, across, up))
        .collect(Collectors.joining("L", "M", ""));
  }

  private static String pair(Point point, Placement across, Placement up) {
    return String.format(Locale.ROOT, "%.2f,%.2f", across.pixel(point.x()), up.pixel(point.y()));
  }

  /**
   * Maps the values of one axis to pixels.
   *
   * @param axis whose values are mapped
   * @param least position of the first pixel, in the scale's terms
   * @param most position of the last pixel
   * @param from first pixel
   * @param to last pixel; below {@code from} for the y axis, which rises against the pixels
   */
  private record Placement(Axis axis, double least, double most, double from, double to) {
    private static final double MARGIN = 0.05;

    /**
     * Creates the shortest axis for all values.
     *
     * @throws IllegalArgumentException if there are none, or the axis cannot show one
     */
    static Placement of(Axis axis, List<Double> values, double from, double to) {
      if (values.isEmpty()) {
        throw new IllegalArgumentException("a chart of nothing");
      }
      for (double value : values) {
        if (!Double.isFinite(axis.scale().position(value))) {
          throw new IllegalArgumentException(
              "the axis %2$s cannot show %1$s".formatted(value, axis.label()));
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

  /**
   * An axis of a chart.
   *
   * @param label what is measured, with its unit
   * @param scale linear or logarithmic
   */
  public record Axis(String label, Scale scale) {}

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

  /** The scale of an axis. */
  public enum Scale {
    LINEAR {
      @Override
      double position(double value) {
        return value;
      }

      @Override
      double value(double position) {
        return position;
      }
    },
    /** For values above 0. */
    LOG {
      @Override
      double position(double value) {
        return Math.log10(value);
      }

      @Override
      double value(double position) {
        return Math.pow(10, position);
      }
    };

    /** The position of a value: equal distances on the axis are equal differences of positions. */
    abstract double position(double value);

    /** The value at a position. */
    abstract double value(double position);
  }
}
