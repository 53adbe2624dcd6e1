package dev.larkspur.report.chart;

import java.util.List;

/**
 * Bars that stand together under a heading.
 *
 * @param name the heading
 * @param bars from top to bottom
 */
public record Bars(String name, List<Bar> bars) {

  /**
   * One bar.
   *
   * @param label at its left
   * @param value its length, 0 or more
   * @param text at its right
   */
  public record Bar(String label, double value, String text) {}

  /** Copies the list. */
  public Bars {
    bars = List.copyOf(bars);
  }
}
