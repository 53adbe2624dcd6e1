package dev.larkspur.report.chart;

/** At one place of the x axis, where the y value lies with some confidence. */
public record Band(double x, double low, double high) {}
