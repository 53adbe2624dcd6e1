package dev.larkspur.report;

import dev.larkspur.report.chart.LineChart.Series.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Losses over steps in plain text, for a terminal: with dots of Braille, eight in a character, or
 * where the terminal has none, with one asterisk in a character.
 */
public final class LossPlot {
  private static final int HEIGHT = 10;
  private static final int LABEL = 8;
  private static final int WIDEST = 72;
  private static final int NARROWEST = 10;

  /** The dots of a Braille character by row and column, as bits of its code. */
  private static final int[][] DOTS = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};

  private static final char BLANK = '\u2800';

  private final Style style;
  private final int width;
  private final double steps;
  private final double least;
  private final double most;
  private final int[][] cells;

  private LossPlot(List<Point> losses, Style style, int columns) {
    this.style = style;
    this.width = Math.max(NARROWEST, Math.min(WIDEST, columns - LABEL - 2));
    this.steps = losses.get(losses.size() - 1).x();
    this.least = losses.stream().mapToDouble(Point::y).min().orElseThrow();
    this.most = losses.stream().mapToDouble(Point::y).max().orElseThrow();
    this.cells = new int[HEIGHT][width];
  }

  /** What a plot is drawn with. */
  public enum Style {
    BRAILLE(2, 4, "│", "└", "─"),
    ASCII(1, 1, "|", "+", "-");

    private final int across;
    private final int up;
    private final String upright;
    private final String corner;
    private final String line;

    /**
     * @param across dots beside each other in a character
     * @param up dots above each other in a character
     */
    Style(int across, int up, String upright, String corner, String line) {
      this.across = across;
      this.up = up;
      this.upright = upright;
      this.corner = corner;
      this.line = line;
    }

    /** The style for a terminal. */
    public static Style of(Console console) {
      return console.canPrint(BLANK + BRAILLE.upright + BRAILLE.corner + BRAILLE.line)
          ? BRAILLE
          : ASCII;
    }
  }

  /**
   * The plot, as lines; empty if fewer than two losses are finite.
   *
   * @param losses in nats a token, by step, in ascending order of steps
   * @param columns of the terminal
   */
  public static String of(List<Point> losses, Style style, int columns) {
    List<Point> finite = losses.stream().filter(point -> Double.isFinite(point.y())).toList();
    return finite.size() < 2 ? "" : new LossPlot(finite, style, columns).draw(finite);
  }

  private String draw(List<Point> losses) {
    for (int i = 1; i < losses.size(); i++) {
      join(losses.get(i - 1), losses.get(i));
    }
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < HEIGHT; row++) {
      String label = row == 0 ? label(most) : row == HEIGHT - 1 ? label(least) : " ".repeat(LABEL);
      lines.add((label + " " + style.upright + text(cells[row])).stripTrailing());
    }
    lines.add(" ".repeat(LABEL + 1) + style.corner + style.line.repeat(width));
    String last = "step %,d".formatted((long) steps);
    lines.add(" ".repeat(LABEL + 2 + Math.max(0, width - last.length())) + last);
    return String.join(System.lineSeparator(), lines);
  }

  private static String label(double loss) {
    return String.format(Locale.ROOT, "%" + LABEL + ".2f", loss);
  }

  private String text(int[] row) {
    return Arrays.stream(row)
        .mapToObj(
            dots ->
                dots == 0 ? " " : style == Style.BRAILLE ? Character.toString(BLANK + dots) : "*")
        .collect(Collectors.joining());
  }

  /** Draws a line, with a dot in each column of dots and in each row that it crosses. */
  private void join(Point from, Point to) {
    double across = column(to) - column(from);
    double up = row(to) - row(from);
    int pieces = (int) Math.ceil(Math.max(Math.abs(across), Math.abs(up)));
    for (int i = 0; i <= pieces; i++) {
      double share = pieces == 0 ? 0 : (double) i / pieces;
      dot(
          (int) Math.round(column(from) + share * across),
          (int) Math.round(row(from) + share * up));
    }
  }

  private double column(Point point) {
    return point.x() / steps * (width * style.across - 1);
  }

  /** From the top. */
  private double row(Point point) {
    double share = most > least ? (most - point.y()) / (most - least) : 0.5;
    return share * (HEIGHT * style.up - 1);
  }

  private void dot(int column, int row) {
    int bits = style == Style.BRAILLE ? DOTS[row % style.up][column % style.across] : 1;
    cells[row / style.up][column / style.across] |= bits;
  }
}
