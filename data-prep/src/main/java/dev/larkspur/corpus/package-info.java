/**
 * The corpus: token blocks in Parquet shards with a manifest, read block by block in an order that
 * is a function of the manifest, a seed and an index; and how documents are packed into blocks of
 * context + 1 tokens.
 *
 * <p>A corpus is a directory. A run adds a part: shards first, then a manifest under the next
 * number, complete in itself. The whole manifest of the highest number is what the corpus is now;
 * the others say what it was. Nothing that a manifest lists ever changes.
 */
package dev.larkspur.corpus;
