/**
 * The driver's side of training: takes the lease on a run, finds the checkpoint to resume from, and
 * runs attempts until one completes. {@link dev.larkspur.train.driver.TrainingJob} is the entry
 * point.
 */
package dev.larkspur.train.driver;
