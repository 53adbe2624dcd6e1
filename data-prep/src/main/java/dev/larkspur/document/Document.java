package dev.larkspur.document;

import java.io.Serializable;
import java.util.Comparator;

/**
 * One document.
 *
 * @param place where it was read, one of its own for each document of a {@link DocumentSet}
 * @param source index of its {@link DocumentSource} among those of the set
 * @param url what it is called outside, usually the address of a page; empty if it has none
 * @param content its text, not blank and valid Unicode
 */
public record Document(DocumentPlace place, int source, String url, String content) {
  /** The same document with another text. */
  public Document withContent(String text) {
    return new Document(place, source, url, text);
  }

  /**
   * Where a record stands. The same for any cutting into tasks.
   *
   * @param file index of its file in {@link DocumentSet#files}
   * @param position of JSON lines: the byte of the plain text where the line starts; of Parquet:
   *     the row; of WARC: the record; of plain text: 0
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
