package dev.larkspur.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.TrainingState;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.Skips;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Models in the files of published ones: imported, they compute what transformers does. The fields
 * are those of the published files, but for the sizes.
 */
class PublishedModelTest {
  private static final int CONTEXT = 12;

  @TempDir private Path directory;

  /** Published models, with smaller sizes. */
  enum Published {
    PYTHIA(
        Layout.GPT_NEOX,
        """
        {"architectures": ["GPTNeoXForCausalLM"], "bos_token_id": 0, "eos_token_id": 0,
         "hidden_act": "gelu", "hidden_size": 16, "initializer_range": 0.02,
         "intermediate_size": 64, "layer_norm_eps": 1e-05, "max_position_embeddings": 12,
         "model_type": "gpt_neox", "num_attention_heads": 2, "num_hidden_layers": 2,
         "rotary_emb_base": 10000, "rotary_pct": 0.25, "tie_word_embeddings": false,
         "torch_dtype": "float16", "transformers_version": "4.24.0", "use_cache": true,
         "use_parallel_residual": true, "vocab_size": 300}
        """),
    LLAMA_3(
        Layout.LLAMA,
        """
        {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
         "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009], "head_dim": 8,
         "hidden_act": "silu", "hidden_size": 16, "initializer_range": 0.02,
         "intermediate_size": 24, "max_position_embeddings": 12, "mlp_bias": false,
         "model_type": "llama", "num_attention_heads": 2, "num_hidden_layers": 2,
         "num_key_value_heads": 1, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
         "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
                          "original_max_position_embeddings": 64, "rope_type": "llama3"},
         "rope_theta": 100.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16",
         "transformers_version": "4.45.0.dev0", "use_cache": true, "vocab_size": 300}
        """),
    MISTRAL(
        Layout.MISTRAL,
        """
        {"architectures": ["MistralForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 1,
         "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 16, "initializer_range": 0.02,
         "intermediate_size": 24, "max_position_embeddings": 12, "model_type": "mistral",
         "num_attention_heads": 4, "num_hidden_layers": 2, "num_key_value_heads": 2,
         "rms_norm_eps": 1e-05, "rope_theta": 1000000.0, "sliding_window": null,
         "tie_word_embeddings": false, "torch_dtype": "bfloat16",
         "transformers_version": "4.42.0.dev0", "use_cache": true, "vocab_size": 300}
        """),
    QWEN_2(
        Layout.QWEN2,
        """
        {"architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643,
         "eos_token_id": 151643, "hidden_act": "silu", "hidden_size": 16,
         "initializer_range": 0.02, "intermediate_size": 24, "max_position_embeddings": 12,
         "max_window_layers": 24, "model_type": "qwen2", "num_attention_heads": 4,
         "num_hidden_layers": 2, "num_key_value_heads": 2, "rms_norm_eps": 1e-06,
         "rope_theta": 1000000.0, "sliding_window": 4, "tie_word_embeddings": true,
         "torch_dtype": "bfloat16", "transformers_version": "4.40.1", "use_cache": true,
         "use_mrope": false, "use_sliding_window": false, "vocab_size": 300}
        """);

    private final Layout layout;
    private final String config;

    Published(Layout layout, String config) {
      this.layout = layout;
      this.config = config;
    }
  }

  @ParameterizedTest
  @EnumSource(Published.class)
  void itComputesWhatTransformersDoes(Published published) throws IOException {
    PublishedModel model = new PublishedModel(published.config);
    model.write(directory, published == Published.PYTHIA ? "F16" : "BF16");
    ModelImport read = new ModelImport(files(directory));
    Settings settings = settings(read);
    ModelConfig config = settings.model().toConfig(0, 0);
    TokenBatch batch = randomBatch();
    try (Replica replica = replica(config)) {
      read.check(config);
      read.read(config, replica.parameters());
      double expected = 0;
      for (int i = 0; i < batch.sequences(); i++) {
        int from = batch.offset(i);
        expected += model.loss(Arrays.copyOfRange(batch.ids(), from, from + CONTEXT + 1));
      }
      assertThat(replica.loss(batch)).isCloseTo(expected, within(1e-10 * expected));

      Path again = Files.createDirectory(directory.resolve("again"));
      export(settings, config)
          .write(published.layout, WeightFormat.EXACT, replica.parameters(), files(again));
      assertThat(ExportedModel.at(again).readJson("config.json").path("model_type").asText())
          .isEqualTo(published.layout.modelType());
      ModelImport exported = new ModelImport(files(again));
      assertThat(settings(exported).model()).isEqualTo(settings.model());
      try (Replica copy = replica(config)) {
        exported.read(config, copy.parameters());
        assertThat(copy.loss(batch)).isEqualTo(replica.loss(batch));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          PYTHIA  | 'rotary_pct': 0.25      | 'rotary_pct': 0.2         | rotary_pct is 0.2, which rotates 1 of the 8
          PYTHIA  | 'rotary_pct': 0.25      | 'rope_scaling': {'type': 'linear', 'factor': 2}, 'rotary_pct': 1.0 | rope_scaling is
          PYTHIA  | 'hidden_act': 'gelu'    | 'hidden_act': 'gelu_new'  | hidden_act is gelu_new
          LLAMA_3 | 'low_freq_factor': 1.0, |                           | rope_scaling lacks low_freq_factor
          LLAMA_3 | 'rope_type': 'llama3'   | 'rope_type': 'yarn'       | rotary positions are scaled (rope_scaling is
          LLAMA_3 | 'mlp_bias': false       | 'mlp_bias': true          | only one of attention_bias and mlp_bias
          MISTRAL | 'sliding_window': null  | 'sliding_window': 4       | sliding_window is 4
          MISTRAL | ForCausalLM             | ForSequenceClassification | architectures is
          QWEN_2  | 'use_sliding_window': false | 'use_sliding_window': true | sliding_window is 4
          QWEN_2  | 'use_mrope': false      | 'layer_types': ['full_attention', 'sliding_attention'] | layer_types has "sliding_attention"
          """)
  void whatDiffersIsRefusedByItsField(
      Published published, String field, String other, String message) throws IOException {
    String changed =
        published.config.replace(
            field.replace('\'', '"'), other == null ? "" : other.replace('\'', '"'));
    assertThat(changed).isNotEqualTo(published.config);
    Files.writeString(directory.resolve("config.json"), changed);
    assertThatThrownBy(() -> settings(new ModelImport(files(directory))))
        .hasMessageContaining(message);
  }

  private static TokenBatch randomBatch() {
    TokenBatch batch = new TokenBatch(2, CONTEXT);
    Random random = new Random(5);
    for (int i = 0; i < batch.ids().length; i++) {
      batch.ids()[i] = random.nextInt(300);
    }
    return batch;
  }

  private static Replica replica(ModelConfig model) {
    return Engines.named("torch").replica(model, Device.cpu(1), Precision.FP64);
  }

  private static ModelExport export(Settings settings, ModelConfig model) {
    Provenance provenance = new Provenance("", "", 1, "1.0", "torch 2", "4.1", "17");
    TrainingState state = new TrainingState(0, 0, 3, 1.5, Skips.NONE, Map.of(), provenance);
    return new ModelExport(model, settings, state, SmallTokenizer.source(), OptionalDouble.empty());
  }

  private static Settings settings(ModelImport read) {
    return new SettingsLoader()
        .text("test", "training { learning-rate = 1, steps = 1 }")
        .text("config.json", read.settings())
        .load(Purpose.GENERATE);
  }

  private static ModelDirectory files(Path directory) {
    return ExportedModel.at(directory);
  }
}
