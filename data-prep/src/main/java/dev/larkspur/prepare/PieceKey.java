package dev.larkspur.prepare;

import dev.larkspur.document.DocumentPlace;

import java.nio.ByteBuffer;

/**
 * Keys of the pieces of a long document: its key, then its place, so that two long documents with
 * the same text follow each other, then the number of the piece.
 */
final class PieceKey {
  private static final int BYTES = 2 * Integer.BYTES + Long.BYTES;

  private PieceKey() {}

  static byte[] of(byte[] key, DocumentPlace place, int piece) {
    return ByteBuffer.allocate(key.length + BYTES)
        .put(key)
        .putInt(place.file())
        .putLong(place.position())
        .putInt(piece)
        .array();
  }

  /**
   * Whether a record begins a document.
   *
   * @param keyBytes length of the keys of whole documents
   */
  static boolean begins(byte[] key, int keyBytes) {
    return key.length == keyBytes || ByteBuffer.wrap(key).getInt(key.length - Integer.BYTES) == 0;
  }
}
