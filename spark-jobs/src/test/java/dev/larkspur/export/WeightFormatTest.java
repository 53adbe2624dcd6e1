package dev.larkspur.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.Layout;
import dev.larkspur.safetensors.DataType;
import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports in shards, and in 16 bits. */
class WeightFormatTest {
  private static final int MOST_BYTES = 4_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void shardsHoldTheSameAndTheirIndexSaysWhich() throws IOException {
    ExportedModel exported = exported(new WeightFormat(DataType.F32, MOST_BYTES));
    assertThat(exported.read()).containsExactly(exported.parameters());
    assertThat(directory.resolve(ModelDirectory.TENSORS)).doesNotExist();

    JsonNode index = JSON.readTree(directory.resolve("model.safetensors.index.json").toFile());
    assertThat(index.at("/metadata/total_size").asLong())
        .isEqualTo(4L * exported.parameters().length);
    List<FileTensor> tensors = Layout.LLAMA.tensors(exported.model());
    Map<String, Long> bytes = new HashMap<>();
    for (FileTensor tensor : tensors) {
      bytes.merge(
          index.get("weight_map").get(tensor.name()).asText(), 4 * tensor.size(), Long::sum);
    }
    assertThat(index.get("weight_map")).hasSameSizeAs(tensors);
    // The embedding and the head, [300, 8] each, exceed a shard.
    assertThat(bytes.values().stream().filter(size -> size > MOST_BYTES))
        .containsExactly(9_600L, 9_600L);
    int shards = bytes.size();
    assertThat(bytes.keySet())
        .allMatch(name -> name.matches("model-0000\\d-of-0000" + shards + ".safetensors"))
        .contains("model-00001-of-0000%d.safetensors".formatted(shards));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.filter(file -> file.toString().endsWith(".safetensors"))).hasSize(shards);
    }
  }

  @Test
  void valuesAreRoundedToTheNearestOfSixteenBits() throws IOException {
    ExportedModel exported =
        exported(new WeightFormat(DataType.BF16, WeightFormat.USUAL_SHARD_BYTES));
    float[] exact = exported.parameters();
    float[] read = exported.read();
    for (int i = 0; i < exact.length; i++) {
      assertThat(read[i]).isEqualTo(nearest(exact[i]));
    }
    assertThat(read).isNotEqualTo(exact);
    JsonNode config = JSON.readTree(directory.resolve(ModelDirectory.CONFIG).toFile());
    assertThat(config.get("torch_dtype").asText()).isEqualTo("bfloat16");
    assertThat(Files.size(directory.resolve(ModelDirectory.TENSORS)))
        .isBetween(2L * exact.length, 2L * exact.length + 4_000);
    assertThat(Files.readString(directory.resolve("README.md"))).contains("rounded to bfloat16");
  }

  /**
   * Of the two values with 8 bits around a positive one, the nearer; else that with an even bit.
   */
  private static float nearest(float value) {
    double unit = Math.pow(2, Math.getExponent(value) - 7);
    double below = Math.floor(value / unit);
    double distance = value / unit - below;
    boolean up = distance > 0.5 || (distance == 0.5 && below % 2 == 1);
    return (float) ((up ? below + 1 : below) * unit);
  }

  @Test
  void filesOfAnInterruptedExportAreNotMixedIn() throws IOException {
    Files.createFile(directory.resolve("model.safetensors.index.json"));
    assertThatThrownBy(() -> exported(WeightFormat.EXACT))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model.safetensors.index.json is there, left by an export");
  }

  private ExportedModel exported(WeightFormat format) {
    return ExportedModel.in(directory, Layout.LLAMA, ExportedModel.LLAMA, format);
  }
}
