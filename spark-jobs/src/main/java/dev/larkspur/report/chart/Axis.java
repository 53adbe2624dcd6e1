package dev.larkspur.report.chart;

/**
 * An axis of a chart.
 *
 * @param label what is measured, with its unit
 * @param scale how values are spread
 */
public record Axis(String label, Scale scale) {}
