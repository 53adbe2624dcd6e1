package dev.larkspur.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HeapVector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  /** More elements than one chunk of the writer. */
  private static final ParameterTable TABLE = table(40_000);

  @Test
  void readsWhatItWrote() throws IOException {
    HeapVector vector = HeapVector.random(TABLE.length());
    byte[] file = write(vector);
    HeapVector back = new HeapVector(new float[(int) TABLE.length()]);
    Map<String, String> metadata =
        Safetensors.read(new ByteArrayInputStream(file), "model.safetensors", TABLE, back);
    assertThat(back.values()).isEqualTo(vector.values());
    assertThat(metadata).isEqualTo(Map.of("step", "12", "name", "ü \"quoted\""));
  }

  /** The format's own description, followed by hand: another reader must find the same tensors. */
  @Test
  void followsTheFormat() throws IOException {
    HeapVector vector = HeapVector.random(TABLE.length());
    ByteBuffer file = ByteBuffer.wrap(write(vector)).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = (int) file.getLong();
    assertThat(headerLength % 8).isZero();
    byte[] json = new byte[headerLength];
    file.get(json);
    JsonNode header = new ObjectMapper().readTree(json);
    for (Parameter parameter : TABLE.parameters()) {
      JsonNode entry = header.get(parameter.name());
      assertThat(entry.get("dtype").asText()).isEqualTo("F32");
      int begin = 8 + headerLength + entry.get("data_offsets").get(0).asInt();
      int end = 8 + headerLength + entry.get("data_offsets").get(1).asInt();
      assertThat((end - begin) / 4L).isEqualTo(parameter.size());
      assertThat(file.getFloat(begin)).isEqualTo(vector.values()[(int) parameter.offset()]);
      assertThat(file.getFloat(end - 4))
          .isEqualTo(vector.values()[(int) (parameter.offset() + parameter.size() - 1)]);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.00001, 0.5, 0.999999})
  void aFileCutShortIsRefused(double share) throws IOException {
    byte[] file = write(HeapVector.random(TABLE.length()));
    byte[] cut = Arrays.copyOf(file, (int) (file.length * share));
    assertThatThrownBy(() -> read(cut, TABLE))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("model.safetensors is truncated");
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    byte[] file = write(HeapVector.random(TABLE.length()));
    byte[] longer = Arrays.copyOf(file, file.length + 1);
    assertThatThrownBy(() -> read(longer, TABLE))
        .hasMessageContaining("has bytes after its last tensor");
    byte[] text =
        "{\"this\": \"is some JSON text\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThatThrownBy(() -> read(text, TABLE)).hasMessageContaining("not a safetensors file");
    byte[] damaged = file.clone();
    damaged[9] = '{';
    assertThatThrownBy(() -> read(damaged, TABLE)).hasMessageContaining("header is damaged");
    byte[] placeless =
        new String(file, java.nio.charset.StandardCharsets.ISO_8859_1)
            .replaceFirst("data_offsets", "no_such_name")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> read(placeless, TABLE)).hasMessageContaining("header is damaged");
  }

  @Test
  void anotherModelIsRefusedByItsTensors() throws IOException {
    byte[] file = write(HeapVector.random(TABLE.length()));
    assertThatThrownBy(() -> read(file, table(40_001)))
        .isInstanceOf(SafetensorsException.class)
        .hasMessageContaining("embedding.weight is F32[40000, 16]")
        .hasMessageContaining("expected F32[40001, 16]");
  }

  private static ParameterTable table(int vocabulary) {
    return ParameterTable.of(
        ModelConfig.paper(
            vocabulary,
            8,
            16,
            2,
            new AttentionConfig(16, 2, 2),
            FfnConfig.paper(32, new FfnStructure.LowRank(4))));
  }

  private static byte[] write(FlatVector vector) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(out, TABLE, vector, Map.of("step", "12", "name", "ü \"quoted\""));
    return out.toByteArray();
  }

  private static void read(byte[] file, ParameterTable table) throws IOException {
    Safetensors.read(
        new ByteArrayInputStream(file),
        "model.safetensors",
        table,
        new HeapVector(new float[(int) table.length()]));
  }
}
