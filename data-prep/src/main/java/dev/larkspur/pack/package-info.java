/**
 * From documents of token ids to blocks: ids as bytes, each document followed by end-of-text, the
 * stream of a bucket cut into blocks of context + 1 tokens. Knows neither Spark nor files.
 */
package dev.larkspur.pack;
