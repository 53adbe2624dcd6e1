package dev.larkspur.document;

import java.io.Serializable;
import java.util.Comparator;

/**
 * One document.
 *
 * @param place where it was read; unique within a {@link DocumentSet}
 * @param source index of its {@link DocumentSource} in the set
 * @param url its identifier, usually the address of a page; empty if it has none
 * @param content its text, not blank and valid Unicode
 */
public record Document(DocumentPlace place, int source, String url, String content) {
  /** This document with another text. */
  public Document withContent(String text) {
    return new Document(place, source, url, text);
  }

  /**
   * The position of a record, independent of how files are split into tasks.
   *
   * @param file index of its file in {@link DocumentSet#files}
   * @param position JSON lines: the offset of the line in the uncompressed text, in bytes; Parquet:
   *     the row; WARC: the record; plain text: 0
   */
  public record DocumentPlace(int file, long position)
      implements Comparable<DocumentPlace>, Serializable {
    private static final Comparator<DocumentPlace> ORDER =
        Comparator.comparingInt(DocumentPlace::file).thenComparingLong(DocumentPlace::position);

    @Override
    public int compareTo(DocumentPlace other) {
      return ORDER.compare(this, other);
    }
  }
}
