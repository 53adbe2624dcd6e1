package dev.larkspur.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;

/** Documents in lines of JSON, parsed as a stream: only text and address become strings. */
final class JsonLinesDocuments implements DocumentReader {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int LONG_LINE = 1 << 22;
  private static final int NONE = -1;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private final DocumentFields fields;
  private final LineReader lines;
  private final long end;
  private Text line = new Text();
  private long position;
  private long start;

  JsonLinesDocuments(DocumentSlice slice, Configuration conf) throws IOException {
    this.fields = slice.fields();
    Path path = new Path(slice.file());
    FSDataInputStream in = path.getFileSystem(conf).open(path);
    try {
      Compression compression = Compression.of(slice.file());
      in.seek(slice.start());
      lines = new LineReader(compression.open(in, conf), BUFFER_BYTES);
      // A compressed file is one slice whose length says nothing about its plain text.
      end = compression == Compression.NONE ? slice.end() : Long.MAX_VALUE;
      position = slice.start();
      if (position > 0) {
        // The line that runs into this slice was read with the slice before.
        position += lines.readLine(line);
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
      int consumed = lines.readLine(line);
      if (consumed == 0) {
        return null;
      }
      position += consumed;
      Document document = document(tally);
      if (line.getBytes().length > LONG_LINE) {
        line = new Text();
      }
      if (document != null) {
        return document;
      }
    }
    return null;
  }

  private Document document(DocumentTally tally) throws IOException {
    String content = null;
    String url = "";
    int longContent = NONE;
    SkipReason missing = SkipReason.NO_CONTENT;
    try (JsonParser parser = JSON.createParser(line.getBytes(), 0, line.getLength())) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        tally.skip(SkipReason.BLANK_LINE);
        return null;
      }
      if (first != JsonToken.START_OBJECT) {
        return reject(tally, SkipReason.BROKEN_JSON);
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        if (name.equals(fields.url()) && value == JsonToken.VALUE_STRING) {
          url = parser.getText();
        } else if (!name.equals(fields.content())) {
          parser.skipChildren();
        } else if (value == JsonToken.VALUE_STRING && line.getLength() > LONG_LINE) {
          longContent = (int) parser.currentTokenLocation().getByteOffset();
        } else if (value == JsonToken.VALUE_STRING) {
          content = parser.getText();
        } else if (value != JsonToken.VALUE_NULL) {
          parser.skipChildren();
          missing = SkipReason.CONTENT_NOT_TEXT;
        }
      }
      if (parser.nextToken() != null) {
        return reject(tally, SkipReason.BROKEN_JSON);
      }
    } catch (JsonProcessingException broken) {
      return reject(tally, SkipReason.BROKEN_JSON);
    }
    return longContent == NONE && content == null
        ? reject(tally, missing)
        : accept(tally, url, longContent, content);
  }

  private Document accept(DocumentTally tally, String url, int longContent, String content) {
    try {
      return tally.accept(
          start,
          url,
          longContent == NONE ? content : JsonText.decode(line.getBytes(), longContent));
    } catch (CharacterCodingException broken) {
      return reject(tally, SkipReason.BROKEN_UNICODE);
    }
  }

  private Document reject(DocumentTally tally, SkipReason reason) {
    tally.reject(start, reason, Utf8.excerpt(line.getBytes(), line.getLength()));
    return null;
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
