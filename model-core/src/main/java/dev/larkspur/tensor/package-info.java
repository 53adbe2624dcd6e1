/**
 * Flat vectors of 32-bit floats, their shards, and copies of them on the host. Engines compute on
 * them, and collectives exchange them.
 */
package dev.larkspur.tensor;
