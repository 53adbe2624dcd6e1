/**
 * The parts of optimisation that do not depend on an engine: settings of AdamW, the learning-rate
 * schedule, and self-guided training.
 */
package dev.larkspur.optim;
