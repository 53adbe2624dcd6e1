package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON lines that are too long for a parser to hold. */
class LongLinesTest {
  private static final int CHARACTERS = 5_000_000;
  private static final Configuration CONF = new Configuration();

  @TempDir private Path folder;

  private DocumentStream open(byte[]... lines) throws IOException {
    Path file = folder.resolve("long.jsonl");
    try (var out = Files.newOutputStream(file)) {
      for (byte[] line : lines) {
        out.write(line);
        out.write('\n');
      }
    }
    DocumentSource source = new DocumentSource(List.of(file.toString()), DocumentFormat.JSONL);
    return DocumentSet.list(source, CONF).cut(Long.MAX_VALUE).get(0).open(CONF);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder(CHARACTERS);
    while (text.length() < CHARACTERS) {
      int point =
          switch (random.nextInt(8)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> 0x80 + random.nextInt(0x800);
            case 2 -> 0x4E00 + random.nextInt(0x1000);
            case 3 -> 0x1F600 + random.nextInt(0x40);
            case 4 -> "\"\\/'".charAt(random.nextInt(4));
            default -> 'a' + random.nextInt(26);
          };
      text.appendCodePoint(point);
    }
    return text.toString();
  }

  @Test
  void everyCharacterIsReadHoweverItIsEscaped() throws IOException {
    Random random = new Random(3);
    List<byte[]> lines = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (boolean escaped : new boolean[] {false, true}) {
      JsonMapper json =
          JsonMapper.builder().configure(JsonWriteFeature.ESCAPE_NON_ASCII, escaped).build();
      texts.add(text(random));
      lines.add(
          json.writeValueAsBytes(
              Map.of("content", texts.get(texts.size() - 1), "url", "https://x.example/")));
      texts.add("short");
      lines.add(json.writeValueAsBytes(Map.of("content", "short")));
    }
    List<String> read = new ArrayList<>();
    try (DocumentStream documents = open(lines.toArray(byte[][]::new))) {
      documents.forEachRemaining(document -> read.add(document.content()));
    }
    assertThat(read).isEqualTo(texts);
  }

  @Test
  void brokenOnesAreCounted() throws IOException {
    String filling = "x".repeat(CHARACTERS);
    byte[] half =
        "{\"content\": \"%s\\ud800!\"}".formatted(filling).getBytes(StandardCharsets.UTF_8);
    byte[] cut = "{\"content\": \"%s".formatted(filling).getBytes(StandardCharsets.UTF_8);
    try (DocumentStream documents = open(half, cut)) {
      assertThat(documents.hasNext()).isFalse();
      assertThat(documents.counts().skipped())
          .isEqualTo(Map.of(SkipReason.BROKEN_UNICODE, 1L, SkipReason.BROKEN_JSON, 1L));
    }
  }
}
