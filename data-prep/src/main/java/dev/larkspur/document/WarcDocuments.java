package dev.larkspur.document;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.netpreserve.jwarc.HttpResponse;
import org.netpreserve.jwarc.MediaType;
import org.netpreserve.jwarc.MessageBody;
import org.netpreserve.jwarc.WarcConversion;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcResource;
import org.netpreserve.jwarc.WarcResponse;
import org.netpreserve.jwarc.WarcTargetRecord;

/**
 * Documents in a WARC file: conversions, resources, and HTTP responses with status 200, in plain
 * text or HTML. Requests, metadata and revisits are of no document and are not counted.
 */
final class WarcDocuments implements DocumentReader {
  private static final int OK = 200;

  private final WarcReader records;
  private long record = -1;

  WarcDocuments(DocumentSlice slice, Configuration conf) throws IOException {
    Path path = new Path(slice.file());
    InputStream in = path.getFileSystem(conf).open(path);
    try {
      records = new WarcReader(Compression.of(slice.file()).open(in, conf));
    } catch (IOException | RuntimeException failure) {
      in.close();
      throw failure;
    }
  }

  @Override
  public Document next(DocumentTally tally) throws IOException {
    while (true) {
      record++;
      Optional<WarcRecord> next = records.next();
      if (next.isEmpty()) {
        return null;
      }
      Document document = document(next.get(), tally);
      if (document != null) {
        return document;
      }
    }
  }

  private Document document(WarcRecord from, DocumentTally tally) throws IOException {
    if (from instanceof WarcResponse response
        && response.contentType().base().equals(MediaType.HTTP)) {
      HttpResponse http = response.http();
      if (http.status() == OK) {
        return document(response, http.contentType(), http.bodyDecoded(), tally);
      }
      tally.skip(SkipReason.NOT_TEXT);
    } else if (from instanceof WarcConversion || from instanceof WarcResource) {
      return document((WarcTargetRecord) from, from.contentType(), from.body(), tally);
    }
    return null;
  }

  private Document document(
      WarcTargetRecord from, MediaType type, MessageBody body, DocumentTally tally)
      throws IOException {
    boolean html = type.base().equals(MediaType.HTML) || type.subtype().equals("xhtml+xml");
    if (!html && !type.base().equals(MediaType.PLAIN_TEXT)) {
      tally.skip(SkipReason.NOT_TEXT);
      return null;
    }
    byte[] bytes = body.stream().readAllBytes();
    from.body().consume();
    if (from.body().position() < from.body().size()) {
      throw new EOFException("record " + record + " is cut");
    }
    if (html) {
      return tally.accept(
          record, from.target(), HtmlText.of(bytes, type.parameters().get("charset")));
    }
    try {
      return tally.accept(record, from.target(), Utf8.strict(ByteBuffer.wrap(bytes)));
    } catch (CharacterCodingException broken) {
      tally.reject(record, SkipReason.BROKEN_UNICODE, Utf8.excerpt(bytes, bytes.length));
      return null;
    }
  }

  @Override
  public long position() {
    return record;
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
