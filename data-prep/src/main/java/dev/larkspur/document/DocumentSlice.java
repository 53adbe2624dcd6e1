package dev.larkspur.document;

import java.io.Serializable;

/**
 * A part of one file that one task reads.
 *
 * @param start first byte; a line or row group belongs to the slice that holds its start (of a row
 *     group: its middle)
 * @param end byte after the last
 */
record DocumentSlice(String file, DocumentFormat format, long start, long end)
    implements Serializable {}
