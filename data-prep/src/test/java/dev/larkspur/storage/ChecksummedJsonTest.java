package dev.larkspur.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.larkspur.storage.ChecksummedJson.Content;
import dev.larkspur.storage.ChecksummedJson.State;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksummedJsonTest {
  private static final String OBJECT =
      """
      {
        "version" : 4,
        "name" : "日本 \\"}",
        "files" : [ {"bytes" : 1, "sha256" : "x"} ]
      }\
      """;

  @Test
  void theFileHasItsLengthAndItsChecksum() throws IOException {
    byte[] file = ChecksummedJson.write(OBJECT);

    JsonNode json = JsonMapper.builder().build().readTree(file);
    String text = new String(file, UTF_8);
    String before = text.substring(0, text.lastIndexOf(json.get("sha256").asText()));
    assertThat(json.get("bytes").asInt()).isEqualTo(file.length);
    assertThat(json.get("sha256").asText()).isEqualTo(Sha256.hex(before.getBytes(UTF_8)));
    assertThat(json.get("name").asText()).isEqualTo("日本 \"}");
  }

  @Test
  void whatWasWrittenIsRead() {
    assertThat(ChecksummedJson.read(ChecksummedJson.write(OBJECT)))
        .isEqualTo(new Content(State.INTACT, OBJECT));
  }

  /** Lengths at which the number of digits of the length changes among them. */
  @Test
  void anyLengthIsRead() {
    for (int length = 0; length < 1100; length++) {
      String object = "{\"a\":\"" + "x".repeat(length) + "\"}";
      assertThat(ChecksummedJson.read(ChecksummedJson.write(object)).json())
          .isEqualTo("{\"a\":\"" + "x".repeat(length) + "\"\n}");
    }
  }

  @Test
  void everyBeginningIsACutFile() {
    byte[] file = ChecksummedJson.write(OBJECT);
    for (int length = 0; length < file.length; length++) {
      assertThat(ChecksummedJson.read(Arrays.copyOf(file, length)).state())
          .as("%d bytes", length)
          .isEqualTo(State.TRUNCATED);
    }
  }

  @Test
  void everyChangedByteIsDamage() {
    byte[] file = ChecksummedJson.write(OBJECT);
    for (int at = 0; at < file.length; at++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] changed = file.clone();
        changed[at] ^= (byte) (1 << bit);
        assertThat(ChecksummedJson.read(changed).state())
            .as("bit %d of byte %d", bit, at)
            .isEqualTo(State.DAMAGED);
      }
    }
  }

  @Test
  void aFileThatWasExtendedOrFilledWithZerosIsDamaged() {
    byte[] file = ChecksummedJson.write(OBJECT);
    byte[] zeros = file.clone();
    Arrays.fill(zeros, file.length / 2, file.length, (byte) 0);
    assertThat(ChecksummedJson.read(zeros).state()).isEqualTo(State.DAMAGED);
    assertThat(ChecksummedJson.read(Arrays.copyOf(file, file.length + 1)).state())
        .isEqualTo(State.DAMAGED);
  }

  @Test
  void anObjectWithoutBothIsOfAnotherForm() {
    assertThat(ChecksummedJson.read(OBJECT.getBytes(UTF_8)))
        .isEqualTo(new Content(State.UNCHECKED, OBJECT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[1]", "\"a\""})
  void onlyObjectsWithFieldsAreWritten(String json) {
    assertThatThrownBy(() -> ChecksummedJson.write(json))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
