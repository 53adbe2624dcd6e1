/**
 * Exports a trained model from a run as files that other programs read, and imports such files into
 * a run. {@code dev.larkspur.layout} lays out the tensors; this package handles {@code
 * config.json}, the tokenizer and the directory.
 */
package dev.larkspur.export;
