/**
 * The exchange between workers: exact, synchronous collectives on flat vectors and on single
 * numbers, the rendezvous of workers, and the exchange of gradients during the backward pass.
 *
 * <p>{@link dev.larkspur.collective.GradientExchange} is what a training step sees; other ways to
 * exchange, such as a compressed one with a residual, implement it.
 */
package dev.larkspur.collective;
