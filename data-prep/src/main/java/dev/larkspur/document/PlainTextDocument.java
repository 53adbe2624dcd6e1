package dev.larkspur.document;

import dev.larkspur.document.DocumentFormat.Compression;
import dev.larkspur.document.DocumentPartition.DocumentSlice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import org.apache.hadoop.conf.Configuration;

/** Reads a file of plain text in UTF-8 as one document, whose address is the path. */
final class PlainTextDocument implements DocumentReader {
  private final String file;
  private final InputStream in;
  private final long most;
  private boolean read;

  PlainTextDocument(DocumentSlice slice, Configuration conf, DocumentMemory memory)
      throws IOException {
    file = slice.file();
    most = memory.documentBytes();
    in = Compression.of(file).open(SourceFile.open(file, conf));
  }

  @Override
  public Document next(DocumentTally tally) throws IOException {
    if (read) {
      return null;
    }
    byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, most + 1));
    read = true;
    if (bytes.length > most) {
      tally.reject(0, SkipReason.TOO_LONG, Utf8.excerpt(bytes, bytes.length));
      return null;
    }
    try {
      int start = Utf8.afterByteOrderMark(bytes, bytes.length);
      return tally.accept(0, file, Utf8.strict(bytes, start, bytes.length - start));
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
