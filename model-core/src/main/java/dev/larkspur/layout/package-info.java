/**
 * The layout of a model's parameters in files for other programs: the names and shapes of the
 * tensors, and the ranges of the flat vector that each consists of. Export and import use the same
 * description, so a round trip preserves every bit.
 */
package dev.larkspur.layout;
