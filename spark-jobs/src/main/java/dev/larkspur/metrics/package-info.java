/**
 * Metrics, which rank 0 sends to sinks on the driver, and progress for the terminal. A new
 * destination implements {@link dev.larkspur.metrics.MetricsSink}.
 */
package dev.larkspur.metrics;
