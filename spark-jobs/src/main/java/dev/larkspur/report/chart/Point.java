package dev.larkspur.report.chart;

/** A value on each axis. */
public record Point(double x, double y) {}
