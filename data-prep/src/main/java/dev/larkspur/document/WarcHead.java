package dev.larkspur.document;

import dev.larkspur.document.DocumentReader.BrokenRecordException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The header of a WARC record (ISO 28500, section 5).
 *
 * @param type of the record, in lower case
 * @param fields of the header
 * @param length of the block that follows, in bytes
 */
record WarcHead(String type, HeaderFields fields, long length) {
  /** Longest header that is read. */
  static final int MOST_BYTES = 1 << 20;

  // No stored record is longer; a larger length is invalid, and does not locate the end.
  private static final long MOST_LENGTH = 1L << 40;
  private static final Pattern VERSION = Pattern.compile("WARC/\\d+\\.\\d+\\s*");

  /**
   * Reads the header at the position of a file.
   *
   * @throws BrokenRecordException if there is no valid header
   * @throws EOFException if the file ends within the header
   */
  static WarcHead read(WarcInput in) throws IOException, BrokenRecordException {
    HeaderFields.Builder fields = new HeaderFields.Builder();
    int left = MOST_BYTES;
    byte[] line = in.line(left);
    if (line != null && !VERSION.matcher(text(line)).matches()) {
      throw new BrokenRecordException("its first line is not a WARC version: " + text(line));
    }
    while (line != null) {
      left -= line.length + 2;
      line = in.line(Math.max(0, left));
      if (line != null && line.length == 0) {
        return of(fields.build());
      }
      if (line != null) {
        fields.add(text(line));
      }
    }
    if (in.mayBeTruncated()) {
      throw new EOFException("the file ends in the header of a record");
    }
    throw new BrokenRecordException("its header is truncated");
  }

  private static String text(byte[] line) {
    return new String(line, StandardCharsets.ISO_8859_1);
  }

  private static WarcHead of(HeaderFields fields) throws BrokenRecordException {
    String type = fields.first("warc-type").toLowerCase(Locale.ROOT);
    if (type.isEmpty()) {
      throw new BrokenRecordException("it has no WARC-Type");
    }
    String length = fields.first("content-length");
    try {
      long bytes = Long.parseLong(length);
      if (bytes >= 0 && bytes <= MOST_LENGTH) {
        return new WarcHead(type, fields, bytes);
      }
    } catch (NumberFormatException noNumber) {
      // Reported below, like a number out of range.
    }
    throw new BrokenRecordException("its Content-Length is '" + length + "'");
  }

  /**
   * The address of the page; empty if there is none.
   *
   * @throws BrokenRecordException if it is not valid UTF-8, or has control characters
   */
  String target() throws BrokenRecordException {
    byte[] bytes = fields.first("warc-target-uri").getBytes(StandardCharsets.ISO_8859_1);
    String uri;
    try {
      uri = Utf8.strict(bytes, 0, bytes.length);
    } catch (CharacterCodingException broken) {
      throw new BrokenRecordException("its address is not valid UTF-8");
    }
    if (uri.chars().anyMatch(Character::isISOControl)) {
      throw new BrokenRecordException("its address has control characters");
    }
    // WARC 1.0 shows addresses in angle brackets, and some crawlers write them.
    return uri.startsWith("<") && uri.endsWith(">") ? uri.substring(1, uri.length() - 1) : uri;
  }
}
