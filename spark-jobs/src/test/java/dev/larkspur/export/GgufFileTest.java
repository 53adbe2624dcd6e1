package dev.larkspur.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.TrainingState;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.Skips;
import dev.larkspur.safetensors.DataType;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tensor.FlatVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GGUF files, read by a parser written from the description of the format. */
class GgufFileTest {
  private static final int WIDTH = 8;
  private static final int HEAD = 4;
  private static final String LLAMA =
      """
      model { hidden-dim = 8, layers = 2, query-heads = 2, kv-heads = 1, context = 6, vocabulary = 300 }
      model { norm = rms-norm, biases = false, ffn { activation = swiglu, kind = low-rank, rank = 3 } }
      training { learning-rate = 0.02, steps = 7 }
      """;

  @TempDir private Path directory;

  @Test
  void tensorsAreThoseOfTheMergedModelWithInterleavedQueriesAndKeys() throws IOException {
    Parsed gguf = written(LLAMA, DataType.F32);
    Map<String, ExportedModel.Tensor> safetensors = merged(LLAMA);
    assertThat(gguf.tensors.keySet()).hasSameSizeAs(safetensors.keySet());
    assertSame(gguf, "token_embd.weight", safetensors, "model.embed_tokens.weight");
    assertSame(gguf, "output_norm.weight", safetensors, "model.norm.weight");
    for (int layer = 0; layer < 2; layer++) {
      String ours = "blk." + layer + ".";
      String theirs = "model.layers." + layer + ".";
      assertSame(gguf, ours + "attn_v.weight", safetensors, theirs + "self_attn.v_proj.weight");
      assertSame(
          gguf, ours + "attn_output.weight", safetensors, theirs + "self_attn.o_proj.weight");
      assertSame(gguf, ours + "ffn_gate.weight", safetensors, theirs + "mlp.gate_proj.weight");
      assertSame(gguf, ours + "ffn_up.weight", safetensors, theirs + "mlp.up_proj.weight");
      assertSame(gguf, ours + "ffn_down.weight", safetensors, theirs + "mlp.down_proj.weight");
      for (String part : List.of("q", "k")) {
        float[] halves = floats(safetensors.get(theirs + "self_attn." + part + "_proj.weight"));
        float[] pairs = gguf.tensors.get(ours + "attn_" + part + ".weight");
        for (int row = 0; row < halves.length / WIDTH; row++) {
          int head = row / HEAD * HEAD;
          // Rows 0, 1, 2, 3 of a head are its coordinates 0, 2, 1, 3.
          int source = head + new int[] {0, 2, 1, 3}[row % HEAD];
          for (int i = 0; i < WIDTH; i++) {
            assertThat(pairs[row * WIDTH + i]).isEqualTo(halves[source * WIDTH + i]);
          }
        }
      }
    }
  }

  @Test
  void metadataDescribesModelAndTokenizer() throws IOException {
    Parsed gguf = written(LLAMA, DataType.BF16);
    assertThat(gguf.metadata)
        .containsEntry("general.architecture", "llama")
        .containsEntry("llama.context_length", 6)
        .containsEntry("llama.embedding_length", 8)
        .containsEntry("llama.block_count", 2)
        .containsEntry("llama.feed_forward_length", 32)
        .containsEntry("llama.attention.head_count", 2)
        .containsEntry("llama.attention.head_count_kv", 1)
        .containsEntry("llama.attention.layer_norm_rms_epsilon", 1e-5f)
        .containsEntry("llama.rope.dimension_count", 4)
        .containsEntry("llama.rope.freq_base", 10_000f)
        .containsEntry("tokenizer.ggml.model", "gpt2")
        .containsEntry("tokenizer.ggml.eos_token_id", 256);
    List<?> tokens = (List<?>) gguf.metadata.get("tokenizer.ggml.tokens");
    assertThat(tokens).hasSize(300);
    assertThat(tokens.get('A')).isEqualTo("A");
    assertThat(tokens.get(256)).isEqualTo("<|endoftext|>");
    assertThat(tokens.get(299)).isEqualTo("[PAD299]");
    assertThat(((List<?>) gguf.metadata.get("tokenizer.ggml.token_type")).subList(255, 258))
        .asString()
        .isEqualTo("[1, 3, 5]");
    assertThat(gguf.types).containsEntry("blk.1.attn_q.weight", 30);
    assertThat(gguf.types).containsEntry("blk.1.attn_norm.weight", 0);
    assertThat(gguf.shapes.get("token_embd.weight")).containsExactly(8, 300);
  }

  @Test
  void scaledFrequenciesAreDivisors() throws IOException {
    Parsed gguf =
        written(
            LLAMA
                + """
                model.rope-base = 100
                model.rope-scaling { kind = llama3, factor = 8, low-frequency-factor = 1
                  high-frequency-factor = 4, original-context = 16 }
                """,
            DataType.F32);
    // Frequencies 1 and 0.1, wavelengths 6.28 and 62.8: 16 / 6.28 is between 1 and 4, 62.8 above
    // 16.
    double smooth = (16 / (2 * Math.PI) - 1) / 3;
    double scaled = (1 - smooth) / 8 + smooth;
    float[] divisors = gguf.tensors.get("rope_freqs.weight");
    assertThat(divisors).hasSize(2);
    assertThat((double) divisors[0]).isCloseTo(1 / scaled, within(1e-6));
    assertThat(divisors[1]).isEqualTo(8);
  }

  @Test
  void otherArchitecturesAreRefused() {
    assertThatThrownBy(() -> written(LLAMA + "model.norm = layer-norm", DataType.F32))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("not one of the architecture llama: its norm is RMSNorm");
    assertThat(directory.resolve("model.gguf")).doesNotExist();
  }

  private Parsed written(String text, DataType type) throws IOException {
    export(text).writeGguf(type, parameters(text), ExportedModel.at(directory));
    return new Parsed(Files.readAllBytes(directory.resolve("model.gguf")));
  }

  private Map<String, ExportedModel.Tensor> merged(String text) throws IOException {
    Path other = Files.createDirectory(directory.resolve("safetensors"));
    export(text)
        .writeMerged(Layout.LLAMA, WeightFormat.EXACT, parameters(text), ExportedModel.at(other));
    return ExportedModel.tensors(other);
  }

  private static void assertSame(
      Parsed gguf, String name, Map<String, ExportedModel.Tensor> other, String theirs) {
    assertThat(gguf.tensors.get(name)).as(name).containsExactly(floats(other.get(theirs)));
  }

  private static float[] floats(ExportedModel.Tensor tensor) {
    FloatBuffer values =
        ByteBuffer.wrap(tensor.data()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return floats;
  }

  private static FlatVector parameters(String text) {
    ModelConfig model = settings(text).model().toConfig(0, 0);
    Random random = new Random(3);
    FloatBuffer values = FloatBuffer.allocate((int) ParameterTable.of(model).length());
    while (values.hasRemaining()) {
      values.put((float) random.nextGaussian());
    }
    FlatVector vector = Engines.named("torch").vector(values.capacity(), Device.cpu(1));
    vector.write(0, values.flip());
    return vector;
  }

  private static ModelExport export(String text) {
    Settings settings = settings(text);
    Provenance provenance = new Provenance("", "abc", 1, "1.0", "torch 2", "4.1", "17");
    TrainingState state = new TrainingState(7, 700, 3, 1.5, Skips.NONE, Map.of(), provenance);
    return new ModelExport(
        settings.model().toConfig(0, 0),
        settings,
        state,
        SmallTokenizer.source(),
        OptionalDouble.empty());
  }

  private static Settings settings(String text) {
    return new SettingsLoader().text("test", text).load(Purpose.GENERATE);
  }

  /** What a file holds. */
  private static final class Parsed {
    private final Map<String, Object> metadata = new LinkedHashMap<>();
    private final Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    private final Map<String, Integer> types = new LinkedHashMap<>();
    private final Map<String, float[]> tensors = new LinkedHashMap<>();

    Parsed(byte[] bytes) {
      ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      byte[] magic = new byte[4];
      file.get(magic);
      assertThat(new String(magic, StandardCharsets.US_ASCII)).isEqualTo("GGUF");
      assertThat(file.getInt()).isEqualTo(3);
      long count = file.getLong();
      long keys = file.getLong();
      for (long i = 0; i < keys; i++) {
        String key = text(file);
        metadata.put(key, value(file, file.getInt()));
      }
      Map<String, Long> offsets = new LinkedHashMap<>();
      for (long i = 0; i < count; i++) {
        String name = text(file);
        List<Integer> shape = new ArrayList<>();
        for (int axes = file.getInt(); axes > 0; axes--) {
          shape.add((int) file.getLong());
        }
        shapes.put(name, shape);
        types.put(name, file.getInt());
        offsets.put(name, file.getLong());
      }
      int start = (file.position() + 31) / 32 * 32;
      offsets.forEach(
          (name, offset) -> {
            assertThat(offset % 32).isZero();
            int size = shapes.get(name).stream().reduce(1, (a, b) -> a * b);
            tensors.put(name, floats(file, (int) (start + offset), size, types.get(name)));
          });
    }

    private static float[] floats(ByteBuffer file, int from, int size, int type) {
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] =
            type == 0
                ? file.getFloat(from + 4 * i)
                : Float.intBitsToFloat(file.getShort(from + 2 * i) << 16);
      }
      return values;
    }

    private static String text(ByteBuffer file) {
      byte[] utf8 = new byte[(int) file.getLong()];
      file.get(utf8);
      return new String(utf8, StandardCharsets.UTF_8);
    }

    private static Object value(ByteBuffer file, int type) {
      return switch (type) {
        case 4, 5 -> file.getInt();
        case 6 -> file.getFloat();
        case 7 -> file.get() == 1;
        case 8 -> text(file);
        case 9 -> {
          int item = file.getInt();
          List<Object> list = new ArrayList<>();
          for (long left = file.getLong(); left > 0; left--) {
            list.add(value(file, item));
          }
          yield list;
        }
        default -> throw new AssertionError("type " + type);
      };
    }
  }
}
