/**
 * Compressed exchange of gradients: each worker sends only the elements of gradient and residual
 * that reach a threshold, as plus or minus the threshold, and keeps the rest in its residual (Strom
 * 2015, "Scalable distributed DNN training using commodity GPU cloud computing").
 *
 * <p>{@link dev.larkspur.collective.compression.CompressedExchange} is the exchange. A library
 * provides the encoding; {@link dev.larkspur.collective.compression.ThresholdCodecs} finds it on
 * the class path.
 */
package dev.larkspur.collective.compression;
