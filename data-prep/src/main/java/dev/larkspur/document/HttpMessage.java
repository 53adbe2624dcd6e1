package dev.larkspur.document;

import dev.larkspur.document.DocumentReader.BrokenRecordException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of an HTTP response as a crawler stored it.
 *
 * @param status its code
 * @param fields of the header
 * @param bodyStart offset of the body in the bytes of the response
 */
record HttpMessage(int status, HeaderFields fields, int bodyStart) {
  /** Longest header that is read. */
  static final int MOST_BYTES = 1 << 20;

  private static final Pattern STATUS = Pattern.compile("HTTP/\\d+(?:\\.\\d+)? +(\\d{3})(?: .*)?");

  /**
   * Reads a header.
   *
   * @param bytes the response, or its beginning
   * @throws BrokenRecordException if the header has no status line, or no end
   */
  static HttpMessage read(byte[] bytes) throws BrokenRecordException {
    HeaderFields.Builder fields = new HeaderFields.Builder();
    int status = 0;
    for (int at = 0; at < bytes.length; ) {
      int end = at;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      int length = (end > at && bytes[end - 1] == '\r' ? end - 1 : end) - at;
      String line = new String(bytes, at, length, StandardCharsets.ISO_8859_1);
      at = end + 1;
      if (status == 0) {
        Matcher first = STATUS.matcher(line);
        if (!first.matches()) {
          throw new BrokenRecordException("its response has no status line");
        }
        status = Integer.parseInt(first.group(1));
      } else if (line.isEmpty()) {
        return new HttpMessage(status, fields.build(), Math.min(at, bytes.length));
      } else {
        fields.add(line);
      }
    }
    throw new BrokenRecordException("the header of its response has no end");
  }
}
