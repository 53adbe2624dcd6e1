/**
 * The training job in three packages: {@code driver} plans, resumes and restarts, {@code cluster}
 * turns Spark's slots into ranks and devices, {@code worker} is the loop that every rank runs.
 */
package dev.larkspur.train;
