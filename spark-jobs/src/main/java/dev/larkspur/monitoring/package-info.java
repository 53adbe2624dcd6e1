/**
 * What Larkspur adds to Spark's metrics system: gauges of the training on the driver, and of the
 * workers on executors, for every sink that Spark is configured with.
 */
package dev.larkspur.monitoring;
