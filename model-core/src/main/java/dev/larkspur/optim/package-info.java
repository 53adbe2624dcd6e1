/**
 * The arithmetic of the optimiser that no engine needs to know: settings of AdamW and the
 * learning-rate schedule.
 */
package dev.larkspur.optim;
