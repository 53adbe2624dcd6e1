/**
 * Real processes for tests: the assembled jar in JVMs of its own, and a standalone Spark cluster on
 * 127.0.0.1.
 */
package dev.larkspur.cluster;
