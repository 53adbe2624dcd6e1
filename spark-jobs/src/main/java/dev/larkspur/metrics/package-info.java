/** What a training tells while it runs: lines in the run directory, and progress for the screen. */
package dev.larkspur.metrics;
