/**
 * Tasks with known answers: reads the published files, turns each question into contexts and
 * continuations, and computes accuracies from their log-likelihoods.
 */
package dev.larkspur.evaluate.task;
