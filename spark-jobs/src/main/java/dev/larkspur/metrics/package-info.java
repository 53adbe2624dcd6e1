/**
 * What a training reports while it runs: lines of metrics, which rank 0 sends to sinks on the
 * driver, and progress for the screen. A new destination implements {@link
 * dev.larkspur.metrics.MetricsSink}.
 */
package dev.larkspur.metrics;
