/**
 * The state of runs, read from their directories alone: no Spark, and nothing of the machine that
 * trains.
 */
package dev.larkspur.status;
