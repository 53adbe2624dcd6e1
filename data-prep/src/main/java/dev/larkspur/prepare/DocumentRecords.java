package dev.larkspur.prepare;

import dev.larkspur.corpus.TokenWidth;
import dev.larkspur.document.Document.DocumentPlace;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import scala.Tuple2;

/**
 * Iterates over the records (key, ids as bytes) of a document; the last one ends with the end of
 * text. A long document has several pieces, of which one is in memory at a time. Each piece is
 * emitted under all keys of the document.
 */
final class DocumentRecords implements Iterator<Tuple2<byte[], byte[]>> {
  private final List<byte[]> keys;
  private final Iterator<int[]> pieces;
  private final TokenWidth width;
  private final int endOfText;
  private final DocumentPlace place; // null for a document of one piece
  private int piece = -1;
  private int key;
  private byte[] value;
  private long tokens = 1;

  private DocumentRecords(
      List<byte[]> keys,
      DocumentPlace place,
      Iterator<int[]> pieces,
      TokenWidth width,
      int endOfText) {
    this.keys = keys;
    this.place = place;
    this.pieces = pieces;
    this.width = width;
    this.endOfText = endOfText;
    this.key = keys.size();
  }

  static DocumentRecords ofPieces(
      List<byte[]> keys,
      DocumentPlace place,
      Iterator<int[]> pieces,
      TokenWidth width,
      int endOfText) {
    return new DocumentRecords(keys, place, pieces, width, endOfText);
  }

  static DocumentRecords ofOnePiece(List<byte[]> keys, int[] ids, TokenWidth width, int endOfText) {
    return new DocumentRecords(keys, null, List.of(ids).iterator(), width, endOfText);
  }

  @Override
  public boolean hasNext() {
    return key < keys.size() || pieces.hasNext();
  }

  @Override
  public Tuple2<byte[], byte[]> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (key == keys.size()) {
      int[] ids = pieces.next();
      tokens += ids.length;
      value = pieces.hasNext() ? width.encode(ids) : width.encode(ids, endOfText);
      piece++;
      key = 0;
    }
    byte[] documentKey = keys.get(key++);
    return new Tuple2<>(
        place == null ? documentKey : PieceKey.of(documentKey, place, piece), value);
  }

  List<byte[]> keys() {
    return keys;
  }

  /** Tokens so far, including the end of text. */
  long tokens() {
    return tokens;
  }

  /**
   * Keys of the pieces of a long document: its key, its position, so that pieces of long documents
   * with the same text do not mix, and the number of the piece.
   */
  static final class PieceKey {
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
     * Whether a record is the first of a document.
     *
     * @param keyBytes length of the keys of documents of one piece
     */
    static boolean isFirst(byte[] key, int keyBytes) {
      return key.length == keyBytes || ByteBuffer.wrap(key).getInt(key.length - Integer.BYTES) == 0;
    }
  }
}
