package dev.larkspur.report.chart;

import java.util.Locale;

/** SVG elements as text; numbers are formatted with two decimals, texts escaped. */
final class Svg {
  private final StringBuilder text = new StringBuilder();

  /** Adds a line; arguments are numbers, or markup made here. */
  Svg add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
