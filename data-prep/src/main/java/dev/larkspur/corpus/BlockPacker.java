package dev.larkspur.corpus;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Packs documents, in order, into blocks of equal length that cross document boundaries. The rest
 * after the last full block is the tail: it is counted and dropped. Reads at most one piece ahead.
 * Not thread-safe.
 */
public final class BlockPacker implements Iterator<byte[]> {
  private final Iterator<byte[]> documents;
  private final int blockBytes;
  private byte[] block;
  private int filled;
  private byte[] document = new byte[0];
  private int consumed;
  private long byteCount;

  /**
   * Packs encoded documents.
   *
   * @param documents documents as {@link TokenWidth#encode} returns them; long ones in pieces
   * @param blockBytes length of a block: (context + 1) x bytes per token
   */
  public BlockPacker(Iterator<byte[]> documents, int blockBytes) {
    this.documents = documents;
    this.blockBytes = blockBytes;
    this.block = new byte[blockBytes];
  }

  @Override
  public boolean hasNext() {
    while (filled < blockBytes) {
      if (consumed == document.length) {
        if (!documents.hasNext()) {
          return false;
        }
        document = documents.next();
        consumed = 0;
        byteCount += document.length;
      }
      int step = Math.min(blockBytes - filled, document.length - consumed);
      System.arraycopy(document, consumed, block, filled, step);
      consumed += step;
      filled += step;
    }
    return true;
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    byte[] full = block;
    block = new byte[blockBytes];
    filled = 0;
    return full;
  }

  /** Bytes of the documents read so far. */
  public long bytes() {
    return byteCount;
  }

  /** Bytes that fill no block; final once {@link #hasNext} is false. */
  public int tailBytes() {
    return filled;
  }
}
