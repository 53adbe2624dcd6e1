package dev.larkspur.report.chart;

import dev.larkspur.report.chart.Svg.ChartStyle;
import java.util.List;

/**
 * Groups of horizontal bars on one scale that begins at 0.
 *
 * @param title shown above, and read by screen readers
 * @param groups from top to bottom; bars at the same position of each group share a colour; a
 *     single group has one colour
 */
public record BarChart(String title, List<Bars> groups) {
  private static final int NARROWEST_LABELS = 190;
  private static final int MARGIN = 16;
  private static final double CHARACTER = 7.5;
  private static final int NUMBERS = 140;
  private static final int LONGEST = 430;
  private static final int TOP = 44;
  private static final int ROW = 22;
  private static final int GAP = 14;

  /** Copies the list. */
  public BarChart {
    groups = List.copyOf(groups);
  }

  /**
   * The chart as one SVG element, for a file or an HTML page.
   *
   * @throws IllegalArgumentException if no bar is longer than 0
   */
  public String svg() {
    double most =
        groups.stream()
            .flatMap(group -> group.bars().stream())
            .mapToDouble(Bars.Bar::value)
            .max()
            .orElse(0);
    if (!(most > 0)) {
      throw new IllegalArgumentException("a chart of nothing");
    }
    int height =
        TOP + groups.stream().mapToInt(group -> (group.bars().size() + 1) * ROW + GAP).sum();
    int left = left();
    int width = left + LONGEST + NUMBERS;
    Svg svg = new Svg();
    svg.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" width=\"%d\""
            + " height=\"%d\" viewBox=\"0 0 %d %d\">",
        width, height, width, height);
    svg.add("<title>%s</title>", Svg.escaped(title));
    svg.add("%s", ChartStyle.CSS);
    svg.add("<rect class=\"page\" width=\"%d\" height=\"%d\"/>", width, height);
    svg.add("<text class=\"title\" x=\"16\" y=\"24\">%s</text>", Svg.escaped(title));
    int y = TOP;
    for (Bars group : groups) {
      svg.add(
          "<text x=\"16\" y=\"%d\" class=\"heading\">%s</text>", y + 15, Svg.escaped(group.name()));
      y += ROW;
      for (int i = 0; i < group.bars().size(); i++) {
        int colour = groups.size() == 1 ? 0 : i % ChartStyle.COLOURS;
        double length = LONGEST * group.bars().get(i).value() / most;
        bar(svg, group.bars().get(i), colour, left, y, length);
        y += ROW;
      }
      y += GAP;
    }
    return svg.add("</svg>").toString();
  }

  /** The x position where bars begin: right of the longest label. */
  private int left() {
    int longest =
        groups.stream()
            .flatMap(group -> group.bars().stream())
            .mapToInt(bar -> bar.label().length())
            .max()
            .orElse(0);
    return Math.max(NARROWEST_LABELS, 2 * MARGIN + (int) (CHARACTER * longest));
  }

  private static void bar(Svg svg, Bars.Bar bar, int colour, int left, int y, double length) {
    svg.add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
        left - 10, y + 15, Svg.escaped(bar.label()));
    svg.add(
        "<g class=\"c%d\"><rect class=\"mark\" x=\"%d\" y=\"%d\" width=\"%.2f\""
            + " height=\"%d\"/></g>",
        colour, left, y + 3, length, ROW - 6);
    svg.add(
        "<text x=\"%.2f\" y=\"%d\">%s</text>", left + length + 8, y + 15, Svg.escaped(bar.text()));
  }

  /**
   * Bars under a common heading.
   *
   * @param name the heading
   * @param bars from top to bottom
   */
  public record Bars(String name, List<Bar> bars) {

    /**
     * One bar.
     *
     * @param label to its left
     * @param value its length, at least 0
     * @param text to its right
     */
    public record Bar(String label, double value, String text) {}

    /** Copies the list. */
    public Bars {
      bars = List.copyOf(bars);
    }
  }
}
