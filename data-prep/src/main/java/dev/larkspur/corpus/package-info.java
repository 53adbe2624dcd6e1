/**
 * The corpus: token blocks in Parquet shards with a manifest, made by a Spark job, read block by
 * block in an order that is a function of the manifest, a seed and an index.
 *
 * <p>A corpus is a directory. It counts only once {@code manifest.json}, written last, is there; it
 * never changes after that.
 */
package dev.larkspur.corpus;
