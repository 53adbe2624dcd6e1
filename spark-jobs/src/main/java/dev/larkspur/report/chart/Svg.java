package dev.larkspur.report.chart;

import java.util.Locale;

/** Builds SVG text. */
public final class Svg {
  private final StringBuilder text = new StringBuilder();

  Svg() {}

  /** Adds a line; text arguments must be escaped. */
  Svg add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  /** Escapes text for SVG and HTML. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  @Override
  public String toString() {
    return text.toString();
  }

  /** The style of all charts, on light and dark pages. */
  static final class ChartStyle {
    /** Number of classes c0, c1, … */
    static final int COLOURS = 8;

    // The first are those of Okabe and Ito, which most colour-blind people can distinguish; lighter
    // ones on dark pages.
    static final String CSS =
        """
        <style>
        .chart { font: 13px system-ui, sans-serif; color: #24292f }
        .chart text { fill: currentColor } .chart .title { font-size: 15px; font-weight: 600 }
        .chart .page { fill: #ffffff } .chart .grid { stroke: #d5dae0; fill: none }
        .chart .axis { stroke: currentColor; fill: none }
        .chart .line { stroke: currentColor; stroke-width: 1.8; fill: none }
        .chart .mark { fill: currentColor } .chart .band { fill: currentColor; opacity: 0.15 }
        .c0 { color: #0072b2 } .c1 { color: #d55e00 } .c2 { color: #009e73 }
        .c3 { color: #a0479a } .c4 { color: #7a6a00 } .c5 { color: #57606a }
        .c6 { color: #b5275c } .c7 { color: #7b4b2a }
        @media (prefers-color-scheme: dark) {
        .chart { color: #d7dde3 } .chart .page { fill: #12161b } .chart .grid { stroke: #353c45 }
        .c0 { color: #56b4e9 } .c1 { color: #f08a3c } .c2 { color: #2cc295 }
        .c3 { color: #d98ad3 } .c4 { color: #e0c93b } .c5 { color: #9aa4af }
        .c6 { color: #ff7fa3 } .c7 { color: #cf9a72 } }
        </style>\
        """;

    private ChartStyle() {}
  }
}
