/** Charts as SVG text, without scripts, for light and dark pages. */
package dev.larkspur.report.chart;
