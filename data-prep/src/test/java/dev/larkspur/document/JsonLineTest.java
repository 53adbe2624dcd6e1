package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.larkspur.document.DocumentSource.DocumentFields;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of JSON: what is in unused fields loses no record, what is no Unicode always does. */
class JsonLineTest {
  private static final JsonFactory JACKSON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final int LONG = 5_000_000;

  @TempDir private Path folder;

  private ReadDocuments read(byte[] bytes) throws IOException {
    Path plain = Files.write(folder.resolve("a.jsonl"), bytes);
    Path packed = folder.resolve("b.jsonl.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(bytes);
    }
    ReadDocuments read = ReadDocuments.of(plain);
    assertThat(ReadDocuments.of(packed).texts()).isEqualTo(read.texts());
    return read;
  }

  @Test
  void numbersNamesAndLevelsOfUnusedFieldsAreOfNoConcern() throws IOException {
    List<String> values =
        List.of(
            "NaN",
            "[Infinity, -Infinity]",
            "9".repeat(2000),
            "-0." + "3".repeat(5000) + "e-99999999999",
            "{\"" + "n".repeat(200_000) + "\":1}",
            "[".repeat(1500) + "]".repeat(1500),
            "[".repeat(1_000_000) + "]".repeat(1_000_000),
            "{\"a\":".repeat(200_000) + "{}" + "}".repeat(200_000));
    StringBuilder lines = new StringBuilder();
    for (String value : values) {
      lines.append("{\"x\":").append(value).append(",\"content\":\"taken\",\"y\":");
      lines.append(value).append("}\n");
    }
    assertThat(read(lines.toString().getBytes(StandardCharsets.UTF_8)).texts())
        .hasSize(values.size())
        .containsOnly("taken");
  }

  @ParameterizedTest
  @ValueSource(strings = {"eda081", "c0af", "f4908080", "ff", "e08081", "f0808181", "c3", "edb080"})
  void bytesThatAreNotUtf8AreRejectedHoweverLongTheLine(String hex) throws IOException {
    byte[] bad = java.util.HexFormat.of().parseHex(hex);
    for (int pad : new int[] {0, LONG}) {
      byte[] line =
          WarcFile.joined(
              WarcFile.latin1("{\"pad\":\"" + "x".repeat(pad) + "\",\"content\":\"bad "),
              bad,
              WarcFile.latin1("\"}\n{\"content\":\"good\"}\n"));
      ReadDocuments read = read(line);
      assertThat(read.texts()).containsExactly("good");
      assertThat(read.reasons()).containsExactly(SkipReason.BROKEN_JSON);
    }
  }

  @Test
  void validTextOfEveryLengthIsValid() {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(6)];
      random.nextBytes(bytes);
      boolean valid = true;
      try {
        StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException broken) {
        valid = false;
      }
      assertThat(Utf8.valid(bytes, bytes.length)).isEqualTo(valid);
    }
  }

  @Test
  void itAgreesWithAParser() throws IOException {
    Random random = new Random(12);
    String[] pieces = {
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\"content\"",
      "\"url\"",
      "\"c\\u006fntent\"",
      "\"\"",
      "1",
      "-0",
      "01",
      "1.5e+3",
      "1.",
      "tru",
      "true",
      "null",
      "NaN",
      "-Infinity",
      " ",
      "\t",
      "\"a\\n\\\"\"",
      "\"\\ud83d\\ude00\"",
      "\"\\x\"",
      "\"\\u12g4\"",
      "\"é\"",
      "\"{\"",
      "+1",
      "\u0001",
      "\"\u0001\""
    };
    int objects = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder line = new StringBuilder(random.nextInt(4) == 0 ? "" : "{\"content\":");
      for (int k = random.nextInt(9); k >= 0; k--) {
        line.append(pieces[random.nextInt(pieces.length)]);
      }
      line.append(random.nextInt(3) == 0 ? "" : "}");
      byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
      JsonLine own = new JsonLine(DocumentFields.REFINED_WEB);
      boolean taken = own.read(bytes.clone(), bytes.length);
      String[] found = parsed(bytes);
      assertThat(taken).as(line.toString()).isEqualTo(found != null);
      if (found != null && !own.blank()) {
        objects++;
        byte[] again = bytes.clone();
        own.read(again, again.length);
        assertThat(own.content() == null ? null : own.content().string())
            .as(line.toString())
            .isEqualTo(found[0]);
        assertThat(own.url() == null ? null : own.url().string()).isEqualTo(found[1]);
      }
    }
    assertThat(objects).isGreaterThan(5000);
  }

  /** Content and address, or null where a line is not one object or blank. */
  private static String[] parsed(byte[] line) throws IOException {
    String[] found = new String[2];
    try (JsonParser parser = JACKSON.createParser(line)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return found;
      }
      if (first != JsonToken.START_OBJECT) {
        return null;
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken value = parser.nextToken();
        if (value == JsonToken.VALUE_STRING && name.equals("content")) {
          found[0] = parser.getText();
        } else if (value == JsonToken.VALUE_STRING && name.equals("url")) {
          found[1] = parser.getText();
        } else {
          parser.skipChildren();
        }
      }
      return parser.nextToken() == null ? found : null;
    } catch (JsonProcessingException broken) {
      return null;
    }
  }

  @Test
  void everyEndOfLineAndAMarkAtTheBeginningAreRead() throws IOException {
    String lines =
        "\ufeff{\"content\":\"a\"}\r{\"content\":\"b\"}\r\n{\"content\":\"c\"}\n\r{\"content\":\"d\"}";
    ReadDocuments read = read(lines.getBytes(StandardCharsets.UTF_8));
    assertThat(read.texts()).containsExactly("a", "b", "c", "d");
    assertThat(read.documents().get(3).place().position()).isEqualTo(53);
  }

  @Test
  void aLineAboveTheBoundIsCountedAndTheNextOneRead() throws IOException {
    String lines =
        "{\"content\":\"%s\"}\n{\"content\":\"next\"}\n{\"content\":\"%s\"}\n{\"content\":\"last\"}"
            .formatted("z".repeat(1_000_000), "y".repeat(1001));
    Path file = Files.writeString(folder.resolve("a.jsonl"), lines);
    ReadDocuments read = ReadDocuments.bounded(file, 1000);
    assertThat(read.texts()).containsExactly("next", "last");
    assertThat(read.reasons()).containsOnly(SkipReason.TOO_LONG).hasSize(2);
    assertThat(read.report().rejected().get(0).excerpt()).startsWith("{\"content\":\"zzz");
    RejectionLimits limits = new RejectionLimits(9, 1, 0, 1000);
    for (long slice : new long[] {70_000, 300_000, 1_000_020}) {
      ReadDocuments cut = ReadDocuments.of(file, limits, slice);
      assertThat(cut.texts()).containsExactlyInAnyOrder("next", "last");
      assertThat(cut.report()).isEqualTo(read.report());
    }
  }

  @Test
  void anUnusedFieldCountsLessThanText() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.jsonl"),
            "{\"image\":\"%s\",\"content\":\"taken\"}\n".formatted("x".repeat(3000)));
    assertThat(ReadDocuments.bounded(file, 1000).texts()).containsExactly("taken");
  }

  @Test
  void emptyAndNullTextsAreCountedWithoutALimit() throws IOException {
    String lines =
        "{\"content\":\"\"}\n{\"content\":null}\n{\"content\":\" \"}\n".repeat(50_000)
            + "{\"content\":\"text\"}\n";
    Path file = Files.writeString(folder.resolve("a.jsonl"), lines);
    ReadDocuments read = ReadDocuments.of(file, new RejectionLimits(0, 0));
    read.report().check(new RejectionLimits(0, 0));
    assertThat(read.texts()).containsExactly("text");
    assertThat(read.report().counts().read()).isEqualTo(150_001);
    assertThat(read.report().counts().rejected()).isEqualTo(150_000);
    assertThat(read.report().broken()).isZero();
    assertThat(read.report().rejected()).hasSize(RejectionLimits.MOST_LISTED);
  }
}
