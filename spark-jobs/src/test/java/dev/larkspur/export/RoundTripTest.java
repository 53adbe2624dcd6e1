package dev.larkspur.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.TrainingState;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.Skips;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.settings.TrainingSettings.SelfGuidedSettings.Mode;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is exported and imported is the same to the bit, and the files say what they hold. */
class RoundTripTest {
  private static final String SHAPE =
      """
      model { hidden-dim = 8, layers = 2, query-heads = 2, context = 6, vocabulary = 300 }
      training { learning-rate = 0.02, steps = 7 }
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LARKSPUR | model.ffn { kind = low-rank, rank = 3 }
          LARKSPUR | model.ffn { kind = block-dense, rank = 4, blocks = 2 }, model.kv-heads = 1
          LARKSPUR | model.ffn { kind = block-shuffle, blocks = 2, dense-first-layer = false }
          LARKSPUR | model { positions = learned, tied-embedding = false, attention-dim = 12 }
          LARKSPUR | model { norm = rms-norm, biases = false }
          GPT_NEOX | model { rope-base = 5000, norm-epsilon = 1e-6 }
          GPT_NEOX | model { tied-embedding = false, ffn-dim = 12 }
          GPT_NEOX | model { residual = parallel, rope-fraction = 0.5 }
          LLAMA    | model { norm = rms-norm, ffn.activation = swiglu, biases = false, rope-scaling { kind = llama3, factor = 8, low-frequency-factor = 1, high-frequency-factor = 4, original-context = 3 } }
          MISTRAL  | model { norm = rms-norm, ffn.activation = swiglu, biases = false, kv-heads = 1 }
          QWEN2    | model { norm = rms-norm, ffn.activation = swiglu, biases = qkv, kv-heads = 1 }
          LLAMA    | model { norm = rms-norm, ffn.activation = swiglu, kv-heads = 1, attention-dim = 12 }
          LLAMA    | model { norm = rms-norm, ffn.activation = swiglu, biases = false, tied-embedding = false }
          """)
  void theSameModelComesBack(Layout layout, String special) throws IOException {
    Settings settings = settings(SHAPE, special.replace("},", "}\n"));
    ModelConfig model = config(settings);
    FlatVector parameters = random(model);
    export(settings, SmallTokenizer.source())
        .write(layout, WeightFormat.EXACT, parameters, files());

    assertComesBack(model, parameters);
    // And where only the fields of transformers tell what it is.
    if (layout != Layout.LARKSPUR) {
      ObjectNode json = (ObjectNode) config();
      json.remove(ModelExport.SECTION);
      Files.writeString(directory.resolve("config.json"), json.toString());
      assertComesBack(model, parameters);
    }
  }

  private void assertComesBack(ModelConfig model, FlatVector parameters) {
    ModelImport back = new ModelImport(files());
    assertThat(config(settings("training { learning-rate = 1, steps = 1 }", back.settings())))
        .isEqualTo(model);
    FlatVector read = Engines.named("torch").vector(parameters.length(), Device.cpu(1));
    back.read(model, read);
    assertThat(bits(read)).isEqualTo(bits(parameters));
    assertThat(back.tokenizer(settings(SHAPE)).file()).isEqualTo(SmallTokenizer.source().file());
  }

  @Test
  void whatWasSelfGuidedComesBackWithoutGuides() {
    Settings settings =
        settings(
            SHAPE,
            "model.ffn { kind = low-rank, rank = 3 }, training.self-guided.mode = fixed-step");
    export(settings, SmallTokenizer.source())
        .write(Layout.LARKSPUR, WeightFormat.EXACT, random(config(settings)), files());
    Settings back = settings(new ModelImport(files()).settings());
    assertThat(settings.training().selfGuided().mode()).isEqualTo(Mode.FIXED_STEP);
    assertThat(back.training().selfGuided().mode()).isEqualTo(Mode.OFF);
    assertThat(back.training().steps(6)).isEqualTo(7);
  }

  @Test
  void theFilesSayWhatTheyHold() throws IOException {
    Settings settings = settings(SHAPE, "run.seed = 3, model.vocabulary = 50300");
    TokenizerSource gpt2 = new TokenizerSource(TokenizerSource.GPT2, new byte[0]);
    export(settings, gpt2)
        .write(Layout.GPT_NEOX, WeightFormat.EXACT, random(config(settings)), files());
    JsonNode json = config();
    assertThat(json.get("architectures").get(0).asText()).isEqualTo("GPTNeoXForCausalLM");
    assertThat(json.get("use_parallel_residual").asBoolean()).isFalse();
    assertThat(json.get("rotary_pct").asDouble()).isEqualTo(1);
    assertThat(json.get("eos_token_id").asInt()).isEqualTo(50256);
    assertThat(json.at("/larkspur/step").asInt()).isEqualTo(7);
    assertThat(json.at("/larkspur/settings/run/seed").asInt()).isEqualTo(3);
    assertThat(json.at("/larkspur/settings/training/learning-rate").asDouble()).isEqualTo(0.02);
    assertThat(json.toString()).doesNotContain("somewhere", "self-guided");
    assertThat(Files.readString(directory.resolve("README.md")))
        .startsWith("---\nlibrary_name: transformers\npipeline_tag: text-generation\n")
        .contains("AutoModelForCausalLM.from_pretrained")
        .contains("| trained | 7 steps, 700 tokens, ")
        .contains("| corpus | SHA-256 of its manifest: `abc` |")
        .contains("| validation loss | 1.2500 nats a token, perplexity 3.49,")
        .contains("| Larkspur | 1.0 |")
        .contains("| `gpt_neox.layers.N.attention.query_key_value.weight` | 24 x 8 | 0 to 1 |")
        .contains("| `gpt_neox.embed_in.weight` | 50300 x 8 |  |");
    // GPT-2's tokenizer is built in here, but not elsewhere.
    TokenizerSource tokenizer =
        TokenizerSource.read(
            directory.resolve("tokenizer.json").toString(), new Configuration(false));
    assertThat(tokenizer.tokenizer().encode("hello world")).containsExactly(31373, 995);
    assertThat(new ModelImport(files()).tokenizer(settings(SHAPE)).isFile()).isFalse();
  }

  @Test
  void theReadmeOfAStructuredModelSaysWhyItsNamesAreOurs() throws IOException {
    Settings settings = settings(SHAPE, "model.ffn { kind = low-rank, rank = 3 }");
    export(settings, SmallTokenizer.source())
        .write(Layout.LARKSPUR, WeightFormat.EXACT, random(config(settings)), files());
    assertThat(Files.readString(directory.resolve("README.md")))
        .contains("`gpt_neox`: its feed-forward networks are dense, not dense and low-rank")
        .contains("| `layers.N.ffn.up.weight` | 32 x 8 | 0 |")
        .contains("| `layers.N.ffn.up.u.weight` | 32 x 3 | 1 |");
  }

  @Test
  void anExportIsNotOverwritten() {
    Settings settings = settings(SHAPE);
    FlatVector parameters = random(config(settings));
    export(settings, SmallTokenizer.source())
        .write(Layout.GPT_NEOX, WeightFormat.EXACT, parameters, files());
    assertThatThrownBy(
            () ->
                export(settings, SmallTokenizer.source())
                    .write(Layout.GPT_NEOX, WeightFormat.EXACT, parameters, files()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("config.json is there already");
  }

  @Test
  void otherModelsAreRefusedWithAllThatDiffers() throws IOException {
    Files.writeString(
        directory.resolve("config.json"),
        """
        {"model_type": "gpt_neox", "vocab_size": 50304, "hidden_size": 768, "hidden_act": "gelu_new",
         "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}\
        """);
    assertThatThrownBy(() -> new ModelImport(files()).settings())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("max_position_embeddings is missing")
        .hasMessageContaining("hidden_act is gelu_new, not gelu");
    Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"t5\"}");
    assertThatThrownBy(() -> new ModelImport(files()))
        .hasMessageContaining("model_type 't5': only [larkspur, gpt_neox, llama, mistral, qwen2]");
  }

  private static Settings settings(String... hocon) {
    SettingsLoader loader = new SettingsLoader().set("run.dir=/somewhere/else");
    for (String text : hocon) {
      loader.text("test", text);
    }
    return loader.load(Purpose.GENERATE);
  }

  private static ModelConfig config(Settings settings) {
    return settings.model().toConfig(0, 0);
  }

  private static ModelExport export(Settings settings, TokenizerSource tokenizer) {
    Provenance provenance = new Provenance("", "abc", 1, "1.0", "torch 2", "4.1", "17");
    TrainingState state = new TrainingState(7, 700, 3, 1.5, Skips.NONE, Map.of(), provenance);
    return new ModelExport(config(settings), settings, state, tokenizer, OptionalDouble.of(1.25));
  }

  private static FlatVector random(ModelConfig model) {
    Random random = new Random(8);
    FloatBuffer values = FloatBuffer.allocate((int) ParameterTable.of(model).length());
    while (values.hasRemaining()) {
      // Any bits but those of a NaN, which some processors change when they copy it.
      float value = Float.intBitsToFloat(random.nextInt());
      values.put(Float.isNaN(value) ? -0f : value);
    }
    FlatVector vector = Engines.named("torch").vector(values.capacity(), Device.cpu(1));
    vector.write(0, values.flip());
    return vector;
  }

  private static int[] bits(FlatVector vector) {
    FloatBuffer values = FloatBuffer.allocate((int) vector.length());
    vector.read(0, values);
    int[] bits = new int[values.capacity()];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values.get(i));
    }
    return bits;
  }

  private ModelDirectory files() {
    return new ModelDirectory(directory.toString(), new Configuration(false));
  }

  private JsonNode config() throws IOException {
    return JSON.readTree(directory.resolve("config.json").toFile());
  }
}
