/**
 * Curation: rules that drop documents or lines of them. Each rule is off by default and has its own
 * counters. Rules for single documents are {@link dev.larkspur.curate.DocumentFilter}s and run
 * while documents are read; duplicates are found by a separate pass before. Results do not depend
 * on the partitioning of documents into tasks.
 */
package dev.larkspur.curate;
