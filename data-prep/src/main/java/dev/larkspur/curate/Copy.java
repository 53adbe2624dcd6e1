package dev.larkspur.curate;

import dev.larkspur.document.DocumentPlace;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * A document among possible duplicates. The order is by content first, so that which of several is
 * kept does not depend on files and their names unless their texts are the same.
 *
 * @param high first 8 bytes of the SHA-256 of the text, big-endian
 * @param low the next 8
 * @param place where it was read
 * @param part index of the part that holds it; decides nothing
 */
record Copy(long high, long low, DocumentPlace place, int part)
    implements Comparable<Copy>, Serializable {
  /** Length of {@link #bytes}. */
  static final int BYTES = 32;

  /** Length of what is the same for all copies of a text. */
  static final int CONTENT_BYTES = 16;

  private static final Comparator<Copy> ORDER =
      Comparator.<Copy>comparingLong(copy -> copy.high ^ Long.MIN_VALUE)
          .thenComparingLong(copy -> copy.low ^ Long.MIN_VALUE)
          .thenComparing(Copy::place);

  /** As bytes whose unsigned order is this order. */
  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(high)
        .putLong(low)
        .putInt(place.file())
        .putLong(place.position())
        .putInt(part)
        .array();
  }

  static Copy of(byte[] bytes, int offset) {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, BYTES);
    return new Copy(
        in.getLong(), in.getLong(), new DocumentPlace(in.getInt(), in.getLong()), in.getInt());
  }

  @Override
  public int compareTo(Copy other) {
    return ORDER.compare(this, other);
  }
}
