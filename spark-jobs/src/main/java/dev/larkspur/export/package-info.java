/**
 * Takes a trained model out of a run, as files that other programs read, and back into one. The
 * tensors are laid out by {@code dev.larkspur.layout}; here are {@code config.json}, the tokenizer,
 * and the directory around them.
 */
package dev.larkspur.export;
