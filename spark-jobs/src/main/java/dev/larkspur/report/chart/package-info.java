/** Plots as SVG text that needs no script and reads on light and on dark pages. */
package dev.larkspur.report.chart;
