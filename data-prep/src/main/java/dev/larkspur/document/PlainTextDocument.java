package dev.larkspur.document;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A file of plain text in UTF-8: one document, whose address is the path. */
final class PlainTextDocument implements DocumentReader {
  private final String file;
  private final InputStream in;
  private boolean read;

  PlainTextDocument(DocumentSlice slice, Configuration conf) throws IOException {
    file = slice.file();
    Path path = new Path(file);
    InputStream raw = path.getFileSystem(conf).open(path);
    try {
      in = Compression.of(file).open(raw, conf);
    } catch (IOException | RuntimeException failure) {
      raw.close();
      throw failure;
    }
  }

  @Override
  public Document next(DocumentTally tally) throws IOException {
    if (read) {
      return null;
    }
    byte[] bytes = in.readAllBytes();
    read = true;
    try {
      return tally.accept(0, file, Utf8.strict(ByteBuffer.wrap(bytes)));
    } catch (CharacterCodingException broken) {
      tally.reject(0, SkipReason.BROKEN_UNICODE, Utf8.excerpt(bytes, bytes.length));
      return null;
    }
  }

  @Override
  public long position() {
    return 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
