/**
 * Reads documents: Parquet, JSON lines, plain text and WARC files, on any Hadoop file system, as a
 * stream of texts; skipped records are counted by reason. Also writes WordNet 3.1 as sample
 * documents, so that everything can be tried without a download.
 */
package dev.larkspur.document;
