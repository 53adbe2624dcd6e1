package dev.larkspur.document;

import dev.larkspur.document.DocumentFormat.Compression;
import dev.larkspur.document.DocumentPartition.DocumentSlice;
import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;

/** Reads documents from lines of JSON. Only text and address are decoded. */
final class JsonLinesDocuments implements DocumentReader {
  private final BoundedLines lines;
  private final JsonLine json;
  private final long most;
  private final long end;
  private long position;
  private long start;

  JsonLinesDocuments(DocumentSlice slice, Configuration conf, DocumentMemory memory)
      throws IOException {
    json = new JsonLine(slice.fields());
    most = memory.documentBytes();
    FSDataInputStream in = SourceFile.open(slice.file(), conf);
    try {
      Compression compression = Compression.of(slice.file());
      in.seek(slice.start());
      lines = new BoundedLines(compression.open(in), memory.lineBytes());
      // A compressed file is one slice, whose length differs from that of its text.
      end = compression == Compression.NONE ? slice.end() : Long.MAX_VALUE;
      position = slice.start();
      if (position > 0) {
        // The line that crosses into this slice was read with the previous slice.
        position += lines.skip(end - position);
      }
    } catch (IOException | RuntimeException failure) {
      in.close();
      throw failure;
    }
  }

  @Override
  public Document next(DocumentTally tally) throws IOException {
    // "<=": the line that starts exactly at the end is skipped by the next slice.
    while (position <= end) {
      start = position;
      long consumed = lines.next();
      if (consumed == 0) {
        return null;
      }
      position += consumed;
      Document document = document(tally);
      if (document != null) {
        return document;
      }
    }
    return null;
  }

  private Document document(DocumentTally tally) {
    if (lines.tooLong()) {
      return reject(tally, SkipReason.TOO_LONG);
    }
    if (!Utf8.valid(lines.bytes(), lines.length()) || !json.read(lines.bytes(), lines.length())) {
      return reject(tally, SkipReason.BROKEN_JSON);
    }
    if (json.blank()) {
      tally.skip(SkipReason.BLANK_LINE);
      return null;
    }
    JsonText content = json.content();
    if (content == null) {
      return withoutContent(tally);
    }
    if (content.length() > most) {
      tally.reject(start, SkipReason.TOO_LONG, content.replaced(3 * RejectedRecord.EXCERPT));
      return null;
    }
    try {
      String url = json.url() == null ? "" : json.url().replaced(Integer.MAX_VALUE);
      return tally.accept(start, url, content.string());
    } catch (CharacterCodingException broken) {
      tally.reject(start, SkipReason.BROKEN_UNICODE, content.replaced(3 * RejectedRecord.EXCERPT));
      return null;
    }
  }

  private Document withoutContent(DocumentTally tally) {
    if (json.contentIsNull()) {
      tally.rejectEmpty(start, SkipReason.NO_CONTENT, excerpt());
      return null;
    }
    return reject(
        tally, json.contentIsOther() ? SkipReason.CONTENT_NOT_TEXT : SkipReason.NO_CONTENT);
  }

  private Document reject(DocumentTally tally, SkipReason reason) {
    tally.reject(start, reason, excerpt());
    return null;
  }

  private String excerpt() {
    return Utf8.excerpt(lines.bytes(), lines.length());
  }

  @Override
  public long position() {
    return start;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
