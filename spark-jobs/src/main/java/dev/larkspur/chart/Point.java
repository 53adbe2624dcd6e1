package dev.larkspur.chart;

/** A value on each axis. */
public record Point(double x, double y) {}
