package dev.larkspur.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.export.ExportedModel.Tensor;
import dev.larkspur.export.WeightFiles.ShardIndex;
import dev.larkspur.layout.Layout;
import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parameters in shards, twice, or not finite. */
class WeightFilesTest {
  private static final String NORM = "model.norm.weight";
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  @TempDir private Path directory;

  @Test
  void shardsAreReadAsTheOneFileIs() throws IOException {
    ExportedModel exported = sharded();
    assertThat(exported.read()).isEqualTo(exported.parameters());
  }

  @Test
  void anIndexThatItsShardsContradictIsRefused() throws IOException {
    ExportedModel exported = sharded();
    Map<String, String> index = index(exported);
    assertRefused(
        exported, with(index, NORM, FIRST), "00001-of-00002.safetensors", NORM + " is missing");
    assertRefused(
        exported, with(index, "model.more", FIRST), "model.more is not part of this model");
    assertRefused(exported, with(index, NORM, "../" + SECOND), "no safetensors file beside it");
    assertRefused(exported, with(index, NORM, "model-3.safetensors"), "model-3.safetensors");
    Map<String, String> less = new TreeMap<>(index);
    less.remove(NORM);
    assertRefused(exported, less, NORM + " is missing");
    assertRefused(exported, Map.of(), "it has no weight_map");
  }

  @Test
  void aTensorThatTheIndexDoesNotNameIsRefused() throws IOException {
    ExportedModel exported = sharded();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(NORM, new Tensor(new ObjectMapper().readTree("[8]"), new byte[32]));
    exported.write("more.safetensors", tensors);
    Map<String, String> index = index(exported);
    assertRefused(
        exported,
        with(index, NORM, "more.safetensors"),
        SECOND,
        NORM + " is not part of this shard");
  }

  @Test
  void oneFileAndShardsTogetherAreRefused() throws IOException {
    ExportedModel exported = sharded();
    Files.copy(exported.file(FIRST), exported.file("model.safetensors"));
    assertThatThrownBy(exported::read).hasMessageContaining("there are both");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    ExportedModel exported = ExportedModel.in(directory, Layout.LLAMA, ExportedModel.LLAMA);
    Files.delete(exported.file("model.safetensors"));
    assertThatThrownBy(exported::read)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model.safetensors");
  }

  @Test
  void valuesThatAreNotFiniteAreRefusedByTheirTensors() throws IOException {
    ExportedModel exported = ExportedModel.in(directory, Layout.LLAMA, ExportedModel.LLAMA);
    Map<String, Tensor> tensors = exported.tensors();
    little(tensors.get(NORM)).putFloat(4, Float.NaN).putFloat(8, Float.NEGATIVE_INFINITY);
    little(tensors.get("lm_head.weight")).putFloat(0, Float.POSITIVE_INFINITY);
    exported.write("model.safetensors", tensors);
    assertThatThrownBy(exported::read)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model.safetensors holds values that are NaN or infinite")
        .hasMessageContaining("model.norm.weight (2 of 8)")
        .hasMessageContaining("lm_head.weight (1 of 2,400)");
  }

  @Test
  void aHeadThatIsNotTheEmbeddingThatItShouldBeIsRefused() throws IOException {
    ExportedModel exported =
        ExportedModel.in(
            directory, Layout.LLAMA, "model { norm = rms-norm, ffn.activation = swiglu }");
    Map<String, Tensor> tensors = exported.tensors();
    Tensor embedding = tensors.get("model.embed_tokens.weight");
    tensors.put("lm_head.weight", new Tensor(embedding.shape(), embedding.data().clone()));
    exported.write("model.safetensors", tensors);
    assertThat(exported.read()).isEqualTo(exported.parameters());

    little(tensors.get("lm_head.weight")).putFloat(400, 7);
    exported.write("model.safetensors", tensors);
    assertThatThrownBy(exported::read)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("tie_word_embeddings true, but lm_head.weight is there");
  }

  private ExportedModel sharded() throws IOException {
    ExportedModel exported = ExportedModel.in(directory, Layout.LLAMA, ExportedModel.LLAMA);
    Map<String, Tensor> first = new TreeMap<>();
    Map<String, Tensor> second = new TreeMap<>();
    exported
        .tensors()
        .forEach((name, tensor) -> (name.contains(".0.") ? first : second).put(name, tensor));
    exported.write(FIRST, first);
    exported.write(SECOND, second);
    Map<String, String> index = new TreeMap<>();
    first.keySet().forEach(name -> index.put(name, FIRST));
    second.keySet().forEach(name -> index.put(name, SECOND));
    write(exported, index);
    Files.delete(exported.file("model.safetensors"));
    return exported;
  }

  private static Map<String, String> index(ExportedModel exported) throws IOException {
    Map<String, String> index = new TreeMap<>();
    new ObjectMapper()
        .readTree(exported.file(ShardIndex.FILE).toFile())
        .get("weight_map")
        .properties()
        .forEach(entry -> index.put(entry.getKey(), entry.getValue().asText()));
    return index;
  }

  private static Map<String, String> with(Map<String, String> index, String name, String shard) {
    Map<String, String> changed = new TreeMap<>(index);
    changed.put(name, shard);
    return changed;
  }

  private static void write(ExportedModel exported, Map<String, String> index) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.putObject("metadata").put("total_size", 1);
    ObjectNode map = json.putObject("weight_map");
    index.forEach(map::put);
    Files.writeString(exported.file(ShardIndex.FILE), json.toString());
  }

  private static void assertRefused(
      ExportedModel exported, Map<String, String> index, String... messages) throws IOException {
    write(exported, index);
    assertThatThrownBy(exported::read)
        .isInstanceOf(BadInputException.class)
        .message()
        .contains(messages);
  }

  private static ByteBuffer little(Tensor tensor) {
    return ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN);
  }
}
