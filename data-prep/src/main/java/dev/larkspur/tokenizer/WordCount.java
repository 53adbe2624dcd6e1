package dev.larkspur.tokenizer;

/**
 * A word of a text.
 *
 * @param word a match of the pattern, with its leading space
 * @param count how often it occurs
 */
record WordCount(String word, long count) {}
