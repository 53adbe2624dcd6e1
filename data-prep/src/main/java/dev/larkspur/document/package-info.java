/**
 * Documents in: files of Parquet or JSON lines in the RefinedWeb schema, on any Hadoop file system,
 * read as a stream of texts with every record that had to be skipped counted by its reason. Also
 * WordNet 3.1 as such documents, so that everything can be tried without a download.
 */
package dev.larkspur.document;
