package dev.larkspur.document;

import java.io.Serializable;

/**
 * A part of one file that one task reads.
 *
 * @param fileIndex index of the file in {@link DocumentSet#files}
 * @param source index of the source in the set
 * @param fields names of the source's columns and fields
 * @param start first byte; a line or row group belongs to the slice that holds its start (of a row
 *     group: its middle)
 * @param end byte after the last
 */
record DocumentSlice(
    String file,
    int fileIndex,
    int source,
    DocumentFormat format,
    DocumentFields fields,
    long start,
    long end)
    implements Serializable {}
