package dev.larkspur.document;

import dev.larkspur.document.DocumentFormat.Compression;
import dev.larkspur.document.DocumentPartition.DocumentSlice;
import dev.larkspur.document.DocumentReader.BrokenRecordException;
import dev.larkspur.document.HttpBody.PlainText;
import dev.larkspur.storage.TaskFailures;
import dev.larkspur.storage.TransientFailures;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.netpreserve.jwarc.MediaType;

/**
 * Reads documents from a WARC file: conversions, resources, and HTTP responses with status 200, in
 * plain text or HTML. Requests, metadata and revisits are not documents and are not counted. A
 * record that cannot be read is rejected, and reading continues with the next one.
 */
final class WarcDocuments implements DocumentReader {
  private static final int OK = 200;
  // The tree of a page takes many times the memory of its source.
  private static final int PAGE_SHARE = 4;
  private static final int PIECE_BYTES = 1 << 16;
  private static final int MARK_BYTES = 8;

  private final WarcInput in;
  private final long most;
  private long record = -1;
  private boolean resuming;

  WarcDocuments(DocumentSlice slice, Configuration conf, DocumentMemory memory) throws IOException {
    most = memory.documentBytes();
    InputStream raw = SourceFile.open(slice.file(), conf);
    try {
      in = new WarcInput(raw, Compression.of(slice.file()));
    } catch (IOException | RuntimeException failure) {
      raw.close();
      throw failure;
    }
  }

  @Override
  public Document next(DocumentTally tally) throws IOException {
    while (in.toRecord()) {
      record++;
      if (in.skippedBytes() && !resuming) {
        tally.reject(record++, SkipReason.BROKEN_RECORD, "bytes that belong to no record");
      }
      resuming = false;
      try {
        Document document = document(tally);
        if (document != null) {
          return document;
        }
      } catch (BrokenRecordException broken) {
        resuming = true;
        tally.reject(record, broken.reason(), broken.getMessage());
      }
    }
    if (in.skippedBytes() && !resuming) {
      if (record < 0) {
        throw new IOException("not a WARC file");
      }
      tally.reject(++record, SkipReason.BROKEN_RECORD, "bytes that belong to no record");
    }
    return null;
  }

  private Document document(DocumentTally tally) throws IOException, BrokenRecordException {
    WarcHead head = WarcHead.read(in);
    return switch (head.type()) {
      case "response" -> response(head, tally);
      case "conversion", "resource" -> stored(head, tally);
      default -> {
        pass(head.length());
        yield null;
      }
    };
  }

  private Document response(WarcHead head, DocumentTally tally)
      throws IOException, BrokenRecordException {
    String type = head.fields().first("content-type").toLowerCase(Locale.ROOT);
    String target = head.fields().first("warc-target-uri").toLowerCase(Locale.ROOT);
    if (!type.startsWith("application/http") && !(type.isEmpty() && target.contains("http"))) {
      pass(head.length());
      return null;
    }
    byte[] beginning = in.read(Math.min(head.length(), HttpMessage.MOST_BYTES));
    HttpMessage message;
    try {
      message = HttpMessage.read(beginning);
    } catch (BrokenRecordException broken) {
      // Searches for the end first where the length puts it.
      pass(beginning, head.length() - beginning.length);
      throw broken;
    }
    MediaType kind = null;
    BrokenRecordException wrongKind = null;
    try {
      kind = message.fields().contentType();
    } catch (BrokenRecordException broken) {
      wrongKind = broken;
    }
    long rest = head.length() - beginning.length;
    if (wrongKind != null || message.status() != OK || !isText(kind)) {
      pass(beginning, rest);
      if (wrongKind != null && message.status() == OK) {
        throw wrongKind;
      }
      tally.skip(SkipReason.NOT_TEXT);
      return null;
    }
    byte[] block = block(beginning, head.length());
    byte[] body = Arrays.copyOfRange(block, message.bodyStart(), block.length);
    byte[] content = HttpBody.decode(body, message.fields(), bound(kind));
    return accept(head, kind, content, tally);
  }

  private Document stored(WarcHead head, DocumentTally tally)
      throws IOException, BrokenRecordException {
    MediaType kind;
    try {
      kind = head.fields().contentType();
    } catch (BrokenRecordException broken) {
      pass(head.length());
      throw broken;
    }
    if (!isText(kind)) {
      pass(head.length());
      tally.skip(SkipReason.NOT_TEXT);
      return null;
    }
    return accept(head, kind, block(new byte[0], head.length()), tally);
  }

  private static boolean isHtml(MediaType kind) {
    return kind.base().equals(MediaType.HTML)
        || kind.subtype().toLowerCase(Locale.ROOT).equals("xhtml+xml");
  }

  private static boolean isText(MediaType kind) {
    return isHtml(kind) || kind.base().equals(MediaType.PLAIN_TEXT);
  }

  private long bound(MediaType kind) {
    return isHtml(kind) ? most / PAGE_SHARE : most;
  }

  private Document accept(WarcHead head, MediaType kind, byte[] content, DocumentTally tally)
      throws BrokenRecordException {
    String url = head.target();
    if (!head.fields().first("warc-segment-number").isEmpty()) {
      throw new BrokenRecordException("it is a segment of a longer record");
    }
    if (content.length > bound(kind)) {
      throw new BrokenRecordException(
          SkipReason.TOO_LONG, "it has " + content.length + " bytes: " + url);
    }
    return tally.accept(record, url, text(kind, content));
  }

  private static String text(MediaType kind, byte[] content) throws BrokenRecordException {
    String charset = HeaderFields.charset(kind);
    if (!isHtml(kind)) {
      return PlainText.decode(content, charset);
    }
    try {
      return HtmlText.of(content, charset);
      // Pages declare many charsets, whose decoders fail in many ways.
    } catch (IOException | RuntimeException failure) {
      throw new BrokenRecordException(
          "its page cannot be read: " + TaskFailures.rootMessage(failure));
    }
  }

  /** Reads the rest of a block, and returns the complete block. */
  private byte[] block(byte[] beginning, long length) throws IOException, BrokenRecordException {
    if (length > most + HttpMessage.MOST_BYTES) {
      pass(beginning, length - beginning.length);
      throw new BrokenRecordException(SkipReason.TOO_LONG, "it has " + length + " bytes");
    }
    ByteArrayOutputStream block = new ByteArrayOutputStream((int) Math.max(length, 0));
    block.write(beginning);
    block.write(in.read(length - beginning.length));
    byte[] bytes = block.toByteArray();
    requireEnd(bytes, length);
    return bytes;
  }

  private void pass(long length) throws IOException, BrokenRecordException {
    pass(new byte[0], length);
  }

  /** Skips a block, or the rest of it. */
  private void pass(byte[] beginning, long rest) throws IOException, BrokenRecordException {
    if (rest <= most + HttpMessage.MOST_BYTES) {
      requireEnd(join(beginning, in.read(rest)), beginning.length + rest);
      return;
    }
    long skipped = 0;
    boolean others = nextRecord(beginning) >= 0;
    byte[] piece = beginning;
    do {
      // The marker of a record may cross two pieces.
      int tail = Math.max(0, piece.length - MARK_BYTES + 1);
      byte[] before = Arrays.copyOfRange(piece, tail, piece.length);
      piece = in.read(Math.min(rest - skipped, PIECE_BYTES));
      skipped += piece.length;
      others |= nextRecord(join(before, piece)) >= 0;
    } while (piece.length > 0 && skipped < rest);
    // Skipped bytes cannot be unread.
    if (skipped < rest && in.atEnd() && (others || in.mayBeTruncated())) {
      throw truncated();
    }
    if (skipped < rest || !in.recordEnds()) {
      throw wrongLength();
    }
  }

  /**
   * If the length of a record is wrong, the next record may have been read with it, and is unread.
   */
  private void requireEnd(byte[] block, long length) throws IOException, BrokenRecordException {
    if (block.length == length && in.recordEnds()) {
      return;
    }
    int next = nextRecord(block);
    if (next >= 0) {
      in.unread(block, next, block.length);
    } else if (block.length < length && in.mayBeTruncated()) {
      throw truncated();
    }
    throw wrongLength();
  }

  private static int nextRecord(byte[] block) {
    for (int i = 0; i + MARK_BYTES <= block.length; i++) {
      if (block[i] == '\n'
          && block[i + 1] == 'W'
          && block[i + 2] == 'A'
          && block[i + 3] == 'R'
          && block[i + 4] == 'C'
          && block[i + 5] == '/'
          && block[i + 6] >= '0'
          && block[i + 6] <= '9') {
        return i;
      }
    }
    return -1;
  }

  private static byte[] join(byte[] first, byte[] second) {
    if (first.length == 0) {
      return second;
    }
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private EOFException truncated() {
    return new EOFException("record " + record + " is truncated");
  }

  private static BrokenRecordException wrongLength() {
    return new BrokenRecordException("it does not end where its Content-Length says");
  }

  @Override
  public long position() {
    return record;
  }

  @Override
  public boolean skipDamage() throws IOException {
    resuming = true;
    try {
      return in.skipDamage();
    } catch (IOException noMore) {
      if (TransientFailures.hasTransientCause(noMore)) {
        throw noMore;
      }
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
