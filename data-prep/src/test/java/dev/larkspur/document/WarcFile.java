package dev.larkspur.document;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Writes WARC records byte by byte, right or wrong. */
final class WarcFile {
  private final List<byte[]> records = new ArrayList<>();

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  /** Bytes as they are. */
  WarcFile raw(byte[] bytes) {
    records.add(bytes);
    return this;
  }

  /** A record whose length is off by so much. */
  WarcFile record(String type, String uri, String contentType, byte[] block, int off) {
    String head =
        "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(type, uri, contentType, block.length + off);
    return raw(joined(latin1(head), block, latin1("\r\n\r\n")));
  }

  WarcFile text(String text) {
    return record("conversion", "https://x.example/", "text/plain", latin1(text), 0);
  }

  /** A response with status 200. */
  WarcFile response(String httpFields, byte[] body) {
    return response("HTTP/1.1 200 OK\r\n" + httpFields + "\r\n", body, 0);
  }

  WarcFile response(String httpHead, byte[] body, int off) {
    return record(
        "response",
        "https://x.example/page",
        "application/http; msgtype=response",
        joined(latin1(httpHead), body),
        off);
  }

  Path plain(Path file) throws IOException {
    return Files.write(file, joined(records.toArray(byte[][]::new)));
  }

  /** Each record is a member. */
  Path members(Path file) throws IOException {
    List<byte[]> members = new ArrayList<>();
    for (byte[] each : records) {
      members.add(gzip(each));
    }
    return Files.write(file, joined(members.toArray(byte[][]::new)));
  }
}
