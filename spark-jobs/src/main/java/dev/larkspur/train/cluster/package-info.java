/**
 * Spark as the workers' cluster: a barrier stage with a task for each rank, slots and devices, how
 * ranks find each other, and which failures of tasks are worth another attempt.
 */
package dev.larkspur.train.cluster;
