/**
 * The corpus: token blocks in Parquet shards with a manifest, read block by block in an order that
 * is a function of the manifest, a seed and an index. Also packs documents into blocks of context +
 * 1 tokens.
 *
 * <p>A corpus is a directory. A run adds a part: first its shards, then a self-contained manifest
 * with the next number. The complete manifest with the highest number describes the corpus as it is
 * now; earlier ones describe it as it was. Files that a manifest lists never change.
 */
package dev.larkspur.corpus;
