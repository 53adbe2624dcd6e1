/**
 * Flat vectors of 32-bit floats, their shards, and copies of them on the host: what engines compute
 * on and collectives exchange.
 */
package dev.larkspur.tensor;
