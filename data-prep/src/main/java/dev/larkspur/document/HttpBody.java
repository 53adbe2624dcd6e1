package dev.larkspur.document;

import com.github.luben.zstd.ZstdInputStream;
import dev.larkspur.document.DocumentReader.BrokenRecordException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;

/** Decodes transfer and content codings (RFC 9110, 9112) of the body of a response. */
final class HttpBody {
  private static final int MOST_CODINGS = 8;
  private static final int MOST_DIGITS = 15;

  private HttpBody() {}

  /**
   * The content of a response.
   *
   * @param most bytes of the decoded content
   * @throws BrokenRecordException if the body is not encoded as its header declares, or is too long
   */
  static byte[] decode(byte[] body, HeaderFields fields, long most) throws BrokenRecordException {
    List<String> codings = new ArrayList<>(fields.items("content-encoding"));
    List<String> transfer = fields.items("transfer-encoding");
    codings.addAll(transfer);
    if (codings.size() > MOST_CODINGS) {
      throw new BrokenRecordException("it has " + codings.size() + " encodings");
    }
    byte[] content = transfer.contains("chunked") ? body : truncate(body, fields);
    for (int i = codings.size() - 1; i >= 0; i--) {
      content = decode(content, codings.get(i), most);
    }
    return content;
  }

  /** Truncates a body to the declared length, as clients do. */
  private static byte[] truncate(byte[] body, HeaderFields fields) {
    try {
      long length = Long.parseLong(fields.first("content-length"));
      return length >= 0 && length < body.length ? Arrays.copyOf(body, (int) length) : body;
    } catch (NumberFormatException notNamed) {
      return body;
    }
  }

  private static byte[] decode(byte[] content, String coding, long most)
      throws BrokenRecordException {
    if (content.length == 0) {
      return content;
    }
    InputStream in = new ByteArrayInputStream(content);
    try {
      return switch (coding) {
        case "chunked" -> withoutChunks(content);
        case "gzip", "x-gzip" -> bounded(GzipMembers.joined(in), most);
        case "deflate" -> bounded(inflated(content), most);
        case "br" -> bounded(new BrotliInputStream(in), most);
        case "zstd" -> bounded(new ZstdInputStream(in), most);
        case "identity", "none", "utf-8", "utf8" -> content;
        default -> throw new BrokenRecordException("its encoding " + coding + " is not supported");
      };
      // For damaged bytes, Brotli's decoder also throws array index exceptions.
    } catch (IOException | RuntimeException wrong) {
      throw new BrokenRecordException("its body is not encoded as " + coding);
    }
  }

  /** What HTTP calls deflate is zlib's format; some servers send bare deflate data. */
  private static InputStream inflated(byte[] content) {
    boolean zlib =
        content.length >= 2
            && (content[0] & 0xf) == 8
            && ((content[0] & 0xff) << 8 | (content[1] & 0xff)) % 31 == 0;
    return new InflaterInputStream(new ByteArrayInputStream(content), new Inflater(!zlib));
  }

  private static byte[] bounded(InputStream in, long most)
      throws IOException, BrokenRecordException {
    try (in) {
      byte[] content = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, most + 1));
      if (content.length > most) {
        throw new BrokenRecordException(
            SkipReason.TOO_LONG, "its decoded body has more than " + most + " bytes");
      }
      return content;
    }
  }

  private static byte[] withoutChunks(byte[] body) throws BrokenRecordException {
    ByteArrayOutputStream content = new ByteArrayOutputStream(body.length);
    int at = 0;
    while (true) {
      int end = at;
      while (end < body.length && body[end] != '\n') {
        end++;
      }
      long size = size(body, at, end);
      at = end + 1;
      if (size == 0) {
        return content.toByteArray();
      }
      if (size < 0 || size > body.length - at) {
        throw new BrokenRecordException("its chunks are malformed");
      }
      content.write(body, at, (int) size);
      at += (int) size;
      // Some servers end all lines with LF alone.
      boolean carriageReturn = body[end - 1] == '\r';
      if ((carriageReturn && (at >= body.length || body[at++] != '\r'))
          || at >= body.length
          || body[at++] != '\n') {
        throw new BrokenRecordException("its chunks are malformed");
      }
    }
  }

  /** The size of a chunk; -1 if the line has none. */
  private static long size(byte[] body, int from, int to) {
    long size = 0;
    int at = from;
    while (at < to && Character.digit(body[at], 16) >= 0) {
      size = size << 4 | Character.digit(body[at++], 16);
      if (at - from > MOST_DIGITS) {
        return -1;
      }
    }
    boolean digits = at > from;
    while (at < to && (body[at] == ' ' || body[at] == '\t' || body[at] == '\r')) {
      at++;
    }
    return digits && to < body.length && (at == to || body[at] == ';') ? size : -1;
  }

  /** Decodes plain text in the charset that a server declares. */
  static final class PlainText {
    private PlainText() {}

    /**
     * Decodes bytes. A byte order mark overrides the declared charset, as in browsers.
     *
     * @param name of the charset; UTF-8 if it is null or not known
     * @throws BrokenRecordException if the bytes are not valid in the charset
     */
    static String decode(byte[] bytes, String name) throws BrokenRecordException {
      int start = Utf8.afterByteOrderMark(bytes, bytes.length);
      Charset charset = start > 0 ? StandardCharsets.UTF_8 : marked(bytes, known(name));
      try {
        if (charset.equals(StandardCharsets.UTF_8)) {
          return Utf8.strict(bytes, start, bytes.length - start);
        }
        return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException broken) {
        throw new BrokenRecordException(
            SkipReason.BROKEN_UNICODE, Utf8.excerpt(bytes, bytes.length));
      }
    }

    private static Charset marked(byte[] bytes, Charset named) {
      boolean utf16 =
          bytes.length >= 2
              && ((bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF)
                  || (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE));
      // The UTF-16 decoder reads the byte order from the mark, and removes the mark.
      return utf16 ? StandardCharsets.UTF_16 : named;
    }

    private static Charset known(String name) {
      try {
        return name != null && Charset.isSupported(name)
            ? Charset.forName(name)
            : StandardCharsets.UTF_8;
      } catch (IllegalCharsetNameException wrong) {
        return StandardCharsets.UTF_8;
      }
    }
  }
}
