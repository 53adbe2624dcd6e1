/**
 * The arithmetic of the optimiser that no engine needs to know: settings of AdamW, the
 * learning-rate schedule, and self-guided training.
 */
package dev.larkspur.optim;
