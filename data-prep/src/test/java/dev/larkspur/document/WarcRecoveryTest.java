package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One bad record of a WARC file is rejected; what follows it is read. */
class WarcRecoveryTest {
  private static final String HTML = "Content-Type: text/html\r\n";
  private static final byte[] PAGE = WarcFile.latin1("<html><body><p>A page.</p></body></html>");
  // Made with Node.js.
  private static final byte[] BROTLI =
      HexFormat.of()
          .parseHex(
              "1b5500c81d076e6c357f4f32b82c3d592cdf852e35a6fb50148f4f8394a5b105871cb07f2512714801061b7"
                  + "06019cdd3a0cbb097338a24b46caa4abe700e8af02d9fbe0f0c32f500");

  @TempDir private Path folder;

  private List<ReadDocuments> readBoth(UnaryOperator<WarcFile> middle) throws IOException {
    WarcFile file = middle.apply(new WarcFile().text("before")).text("after");
    return List.of(
        ReadDocuments.of(file.members(folder.resolve("a.warc.gz"))),
        ReadDocuments.of(file.plain(folder.resolve("b.warc"))),
        ReadDocuments.of(
            Files.write(
                folder.resolve("c.warc.gz"),
                WarcFile.gzip(Files.readAllBytes(file.plain(folder.resolve("b.warc")))))));
  }

  private void assertRejected(UnaryOperator<WarcFile> middle) throws IOException {
    for (ReadDocuments read : readBoth(middle)) {
      assertThat(read.texts()).containsExactly("before", "after");
      assertThat(read.reasons()).containsExactly(SkipReason.BROKEN_RECORD);
      assertThat(read.rejectedPositions()).containsExactly(1L);
      assertThat(read.report().broken()).isEqualTo(1);
    }
  }

  private void assertText(String text, UnaryOperator<WarcFile> middle) throws IOException {
    for (ReadDocuments read : readBoth(middle)) {
      assertThat(read.texts()).containsExactly("before", text, "after");
      assertThat(read.report().rejected()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: \"text/html\"\r\n",
        "Content-Type: text/html charset=x\r\n",
        "Content-Type: text\r\n",
        HTML + "Content-Encoding: gzip\r\n",
        HTML + "Content-Encoding: br\r\n",
        HTML + "Content-Encoding: zstd\r\n",
        HTML + "Content-Encoding: deflate\r\n",
        HTML + "Content-Encoding: compress\r\n",
        HTML + "Transfer-Encoding: chunked\r\n",
      })
  void whatIsNotAsItsHeaderSaysIsRejected(String fields) throws IOException {
    assertRejected(file -> file.response(fields, PAGE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello",
        "5\r\nhello\r\n",
        "6\r\nhello\r\n0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "\r\n5\r\nhello\r\n0\r\n\r\n",
      })
  void malformedChunksAreNotText(String body) throws IOException {
    String fields = "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n";
    assertRejected(file -> file.response(fields, WarcFile.latin1(body)));
  }

  @Test
  void chunksAreJoined() throws IOException {
    String fields = "Content-Type: text/plain\r\nTransfer-Encoding: Chunked\r\n";
    byte[] body = WarcFile.latin1("5;name=x\r\nhello\r\n0a \r\n, chunks.\n\r\n0\r\nA: b\r\n\r\n");
    assertText("hello, chunks.\n", file -> file.response(fields, body));
  }

  @Test
  void encodingsAreTakenOff() throws IOException {
    assertText(
        "Packed by a server that likes Brotli, Brotli, Brotli.",
        file -> file.response(HTML + "Content-Encoding: br\r\n", BROTLI));
    byte[] zlib = deflated(PAGE, new Deflater());
    byte[] bare = deflated(PAGE, new Deflater(Deflater.DEFAULT_COMPRESSION, true));
    byte[] gzip = WarcFile.gzip(PAGE);
    assertText("A page.", file -> file.response(HTML + "Content-Encoding: deflate\r\n", zlib));
    assertText("A page.", file -> file.response(HTML + "Content-Encoding: deflate\r\n", bare));
    assertText("A page.", file -> file.response(HTML + "Content-Encoding: X-GZIP\r\n", gzip));
    assertText("A page.", file -> file.response(HTML + "Content-Encoding: identity\r\n", PAGE));
    assertText(
        "A page.", file -> file.response(HTML + "Content-Encoding: zstd\r\n", Zstd.compress(PAGE)));
    assertText(
        "A page.",
        file ->
            file.response(
                HTML + "Content-Encoding: gzip, zstd\r\nTransfer-Encoding: chunked\r\n",
                chunk(Zstd.compress(gzip))));
  }

  private static byte[] chunk(byte[] bytes) {
    return WarcFile.joined(
        WarcFile.latin1(Integer.toHexString(bytes.length) + "\r\n"),
        bytes,
        WarcFile.latin1("\r\n0\r\n\r\n"));
  }

  private static byte[] deflated(byte[] plain, Deflater deflater) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  @Test
  void plainTextIsInItsCharset() throws IOException {
    String latin1 = "Content-Type: text/plain; charset=\"ISO-8859-1\"\r\n";
    assertText("caf\u00e9", file -> file.response(latin1, WarcFile.latin1("caf\u00e9")));
    byte[] utf16 = "\ufeffcaf\u00e9 \u65e5\u672c".getBytes(StandardCharsets.UTF_16LE);
    String unnamed = "Content-Type: text/plain\r\n";
    assertText("caf\u00e9 \u65e5\u672c", file -> file.response(unnamed, utf16));
    byte[] marked = "\ufeffcaf\u00e9".getBytes(StandardCharsets.UTF_8);
    assertText("caf\u00e9", file -> file.response(latin1, marked));
    assertText(
        "\u65e5\u672c",
        file ->
            file.record(
                "conversion",
                "https://x.example/",
                "text/plain;charset=Shift_JIS",
                new byte[] {(byte) 0x93, (byte) 0xfa, (byte) 0x96, (byte) 0x7b},
                0));
    for (ReadDocuments read :
        readBoth(file -> file.response(unnamed, WarcFile.latin1("caf\u00e9")))) {
      assertThat(read.texts()).containsExactly("before", "after");
      assertThat(read.reasons()).containsExactly(SkipReason.BROKEN_UNICODE);
    }
  }

  @Test
  void wrongHeadersAreRejected() throws IOException {
    assertRejected(file -> file.response("", PAGE, 0));
    assertRejected(file -> file.response("HTTP/1.1 200 OK\r\nContent-Type: text/html", PAGE, 0));
    for (String uri : List.of("http://x.example/\u0008", "http://x.example/\u00e9")) {
      assertRejected(
          file -> file.record("conversion", uri, "text/plain", WarcFile.latin1("bad"), 0));
    }
    assertRejected(
        file -> file.record("resource", "http://x.example/", "\"text", WarcFile.latin1("bad"), 0));
    for (String head :
        List.of(
            "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: many\r\n\r\n",
            "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: -4\r\n\r\n",
            "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 1000000000000000\r\n\r\n",
            "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 99999999999999999999999\r\n\r\n",
            "WARC/1.0\r\nWARC-Type: conversion\r\n\r\n",
            "WARC/1.0\r\nContent-Length: 4\r\n\r\n",
            "WARC/1.0 beta\r\nWARC-Type: conversion\r\nContent-Length: 4\r\n\r\n",
            "no header at all")) {
      assertRejected(file -> file.raw(WarcFile.latin1(head + "text\r\n\r\n")));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-30, -2, -1, 1, 2, 30, 100_000})
  void aLengthThatIsOffCostsOneRecord(int off) throws IOException {
    assertRejected(file -> file.response("HTTP/1.1 200 OK\r\n" + HTML + "\r\n", PAGE, off));
    String text = "A text that is longer than what its length is off by.";
    assertRejected(
        file -> file.record("conversion", "https://x.example/", "text/plain", latin1(text), off));
    assertRejected(file -> file.record("request", "https://x.example/", "a/b", latin1(text), off));
  }

  private static byte[] latin1(String text) {
    return WarcFile.latin1(text);
  }

  @Test
  void aMemberThatIsCutOrDamagedIsOneDamage() throws IOException {
    byte[] before = WarcFile.gzip(warc("before"));
    byte[] after = WarcFile.gzip(warc("after"));
    byte[] damaged = WarcFile.gzip(warc("something else that is long enough to be damaged"));
    damaged[damaged.length - 6] ^= 1;
    byte[] broken = damaged.clone();
    Arrays.fill(broken, 20, 40, (byte) 0xff);
    for (byte[] middle : List.of(damaged, broken, Arrays.copyOf(broken, 60))) {
      Path file = folder.resolve("a.warc.gz");
      Files.write(file, WarcFile.joined(before, middle, after, after));
      ReadDocuments read = ReadDocuments.of(file, new RejectionLimits(0, 1));
      assertThat(read.texts()).startsWith("before").endsWith("after");
      assertThat(read.reasons()).containsExactly(SkipReason.DAMAGED);
      assertThatThrownBy(() -> ReadDocuments.of(file))
          .isInstanceOf(DocumentException.class)
          .hasMessageContaining("a.warc.gz")
          .hasNoCause();
    }
  }

  private static byte[] warc(String text) {
    return WarcFile.joined(
        latin1(
            "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: "
                + text.length()
                + "\r\n\r\n"
                + text),
        latin1("\r\n\r\n"));
  }

  @Test
  void recordsMayRunThroughMembersAndShareThem() throws IOException {
    byte[] all = WarcFile.joined(warc("one"), warc("two, a longer text"), warc("three"));
    for (int cut = 1; cut < all.length; cut++) {
      byte[] file =
          WarcFile.joined(
              WarcFile.gzip(Arrays.copyOf(all, cut)),
              WarcFile.gzip(new byte[0]),
              WarcFile.gzip(Arrays.copyOfRange(all, cut, all.length)),
              new byte[700]);
      ReadDocuments read = ReadDocuments.of(Files.write(folder.resolve("a.warc.gz"), file));
      assertThat(read.texts()).containsExactly("one", "two, a longer text", "three");
      assertThat(read.report().rejected()).isEmpty();
    }
  }

  @Test
  void whatIsTooLongIsRejectedWithoutBeingHeld() throws IOException {
    byte[] page = latin1("<p>" + "long ".repeat(100_000) + "</p>");
    for (ReadDocuments read :
        List.of(
            bounded(new WarcFile().text("x".repeat(1_200_001))),
            bounded(
                new WarcFile().response(HTML + "Content-Encoding: gzip\r\n", WarcFile.gzip(page))),
            bounded(
                new WarcFile()
                    .raw(latin1("WARC/1.0\r\nX: " + "x".repeat(2_000_000) + "\r\n\r\n"))))) {
      assertThat(read.texts()).containsExactly("after");
      assertThat(read.reasons()).containsExactly(SkipReason.TOO_LONG);
    }
  }

  private ReadDocuments bounded(WarcFile file) throws IOException {
    return ReadDocuments.bounded(
        file.text("after").members(folder.resolve("long.warc.gz")), 100_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 1000, 100_000, 5_000_000})
  void aLengthThatIsTooLargeCostsTheLastRecordOfAGzipFile(int off) throws IOException {
    WarcFile[] files = {
      new WarcFile().text("before").record("request", "x:y", "a/b", latin1("block"), off),
      new WarcFile().text("before").record("conversion", "x:y", "text/plain", PAGE, off),
      new WarcFile().text("before").response("HTTP/1.1 200 OK\r\n" + HTML + "\r\n", PAGE, off),
      new WarcFile().text("before").response("HTTP/1.1 404 None\r\n\r\n", PAGE, off),
    };
    for (WarcFile each : files) {
      byte[] plain = Files.readAllBytes(each.plain(folder.resolve("a.warc")));
      for (Path gzip :
          List.of(
              each.members(folder.resolve("a.warc.gz")),
              Files.write(folder.resolve("b.warc.gz"), WarcFile.gzip(plain)))) {
        ReadDocuments read = ReadDocuments.bounded(gzip, 100_000);
        assertThat(read.texts()).containsExactly("before");
        assertThat(read.rejectedPositions()).containsExactly(1L);
      }
    }
  }

  @Test
  void aHeaderWithoutAnEndCostsTheLastRecordOfAGzipFile() throws IOException {
    WarcFile file = new WarcFile().text("before").raw(latin1("WARC/1.0\r\nWARC-Type: req"));
    ReadDocuments read = ReadDocuments.of(file.members(folder.resolve("a.warc.gz")));
    assertThat(read.texts()).containsExactly("before");
    assertThat(read.reasons()).containsExactly(SkipReason.BROKEN_RECORD);
    assertThatThrownBy(() -> ReadDocuments.of(file.plain(folder.resolve("a.warc"))))
        .isInstanceOf(DocumentException.class);
  }

  @Test
  void recordsThatAWrongLengthTakesInAreNotLostWithoutAWord() throws IOException {
    byte[] long1 = latin1("x".repeat(1_100_000));
    for (int off : new int[] {2_000_000, 5_000_000}) {
      WarcFile file =
          new WarcFile()
              .response("HTTP/1.1 404 None\r\n\r\n", PAGE, off)
              .text("after")
              .record("request", "x:y", "a/b", long1, 0);
      byte[] plain = Files.readAllBytes(file.plain(folder.resolve("a.warc")));
      Path gzip = Files.write(folder.resolve("a.warc.gz"), WarcFile.gzip(plain));
      if (off < 3_000_000) {
        ReadDocuments read = ReadDocuments.bounded(gzip, 3_000_000);
        assertThat(read.texts()).containsExactly("after");
        assertThat(read.reasons()).containsExactly(SkipReason.BROKEN_RECORD);
      } else {
        assertThatThrownBy(() -> ReadDocuments.bounded(gzip, 100_000))
            .isInstanceOf(DocumentException.class)
            .hasMessageContaining("is truncated");
      }
    }
  }

  @Test
  void whatIsNoWarcFileIsDamage() throws IOException {
    Path page = Files.writeString(folder.resolve("a.warc"), "<html>404 Not Found</html>\n");
    assertThatThrownBy(() -> ReadDocuments.of(page))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("not a WARC file")
        .hasMessageContaining("a.warc");
    assertThat(ReadDocuments.of(Files.write(folder.resolve("b.warc"), new byte[0])).texts())
        .isEmpty();
    assertThat(ReadDocuments.of(Files.write(folder.resolve("c.warc.gz"), new byte[0])).texts())
        .isEmpty();
  }
}
