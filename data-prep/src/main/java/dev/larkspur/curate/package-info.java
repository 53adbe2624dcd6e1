/**
 * Curation: rules that leave documents out, or lines of them, each off unless it is asked for and
 * each with its own count. Rules that look at one document are {@link
 * dev.larkspur.curate.DocumentFilter}s and run while documents are read; duplicates are found by a
 * pass of its own before that. No result depends on how documents are cut into tasks.
 */
package dev.larkspur.curate;
