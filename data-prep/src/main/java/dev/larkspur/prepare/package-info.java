/**
 * The data-prep job: builds a {@link dev.larkspur.corpus.Corpus} from documents. Spark tasks
 * tokenize, sort by a hash of the text, pack blocks and write shards; the driver writes the
 * manifest last. {@link dev.larkspur.prepare.PrepareJob} is the entry point.
 */
package dev.larkspur.prepare;
