package dev.larkspur.curate;

import dev.larkspur.document.DocumentPlace;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * A document among possible duplicates. The order is by source and then by content: the source that
 * is named first keeps its document, and within one, which of several is kept does not depend on
 * files and their names unless their texts are the same.
 *
 * @param source index of the source that it is from
 * @param high first 8 bytes of the SHA-256 of the text, big-endian
 * @param low the next 8
 * @param place where it was read
 * @param part index of the part that holds it; decides nothing
 */
record Copy(int source, long high, long low, DocumentPlace place, int part)
    implements Comparable<Copy>, Serializable {
  /** Length of {@link #bytes} and {@link #byContent}. */
  static final int BYTES = 36;

  /** Length of the content in {@link #byContent}. */
  static final int CONTENT_BYTES = 16;

  private static final Comparator<Copy> ORDER =
      Comparator.comparingInt(Copy::source)
          .thenComparingLong(copy -> copy.high ^ Long.MIN_VALUE)
          .thenComparingLong(copy -> copy.low ^ Long.MIN_VALUE)
          .thenComparing(Copy::place);

  /** As bytes whose unsigned order is this order. */
  byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    rest(ByteBuffer.wrap(bytes).putInt(source).putLong(high).putLong(low));
    return bytes;
  }

  static Copy of(byte[] bytes, int offset) {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, BYTES);
    return of(in.getInt(), in.getLong(), in.getLong(), in);
  }

  /**
   * As bytes that begin with the content. Of the same content, their unsigned order is this order.
   */
  byte[] byContent() {
    byte[] bytes = new byte[BYTES];
    rest(ByteBuffer.wrap(bytes).putLong(high).putLong(low).putInt(source));
    return bytes;
  }

  static Copy ofContent(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    long high = in.getLong();
    long low = in.getLong();
    return of(in.getInt(), high, low, in);
  }

  private void rest(ByteBuffer beginning) {
    beginning.putInt(place.file()).putLong(place.position()).putInt(part);
  }

  private static Copy of(int source, long high, long low, ByteBuffer rest) {
    return new Copy(
        source, high, low, new DocumentPlace(rest.getInt(), rest.getLong()), rest.getInt());
  }

  @Override
  public int compareTo(Copy other) {
    return ORDER.compare(this, other);
  }
}
