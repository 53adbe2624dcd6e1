package dev.larkspur.document;

import java.io.Serializable;
import java.util.Comparator;

/**
 * Where a record stands. The same for any cutting into tasks.
 *
 * @param file index of its file in {@link DocumentSet#files}
 * @param position of JSON lines: the byte of the plain text where the line starts; of Parquet: the
 *     row; of WARC: the record; of plain text: 0
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
