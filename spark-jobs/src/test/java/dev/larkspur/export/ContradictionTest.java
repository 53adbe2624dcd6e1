package dev.larkspur.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.layout.Layout;
import dev.larkspur.storage.BadInputException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An export says what it holds twice; editing one copy is reported. */
class ContradictionTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          vocab_size              | 301         | vocab_size is 301 and should be 300
          max_position_embeddings | 12          | max_position_embeddings is 12 and should be 6
          hidden_size             | 16          | hidden_size is 16 and should be 8
          num_hidden_layers       | 1           | num_hidden_layers is 1 and should be 2
          num_attention_heads     | 4           | num_attention_heads is 4 and should be 2
          intermediate_size       | 16          | intermediate_size is 16 and should be 32
          initializer_range       | 0.01        | initializer_range is 0.01 and should be 0.02
          tie_word_embeddings     | false       | tie_word_embeddings is false and should be true
          attention_dropout       | 0.1         | attention_dropout is 0.1 and should be 0
          hidden_dropout          | 0.1         | hidden_dropout is 0.1 and should be 0
          layer_norm_eps          | 0.5         | layer_norm_eps is 0.5 and should be 1.0E-5
          rotary_emb_base         | 50          | rotary_emb_base is 50 and should be 10000
          eos_token_id            | 3           | eos_token_id is 3 and should be
          bos_token_id            | 3           | bos_token_id is 3 and should be
          architectures           | ["Other"]   | architectures is ["Other"]
          rotary_pct              | 0.5         | rotary_pct is 0.5 and should be 1
          hidden_act              | "relu"      | hidden_act is relu
          attention_bias          | false       | attention_bias is false
          use_parallel_residual   | true        | use_parallel_residual is true and should be false
          model_type              | "llama"     | model_type is llama and should be gpt_neox
          """)
  void aChangedFieldIsNamed(String field, String value, String message) {
    ExportedModel exported = ExportedModel.in(directory, Layout.GPT_NEOX, ExportedModel.GPT_NEOX);
    exported.config(config -> config.set(field, json(value)));
    assertThatThrownBy(exported::imported)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(message);
  }

  /** What is commonly added for a longer context. */
  @Test
  void anAddedFieldIsNamed() {
    ExportedModel exported = ExportedModel.in(directory, Layout.LLAMA, ExportedModel.LLAMA);
    exported.config(
        config ->
            config.set(
                "rope_scaling",
                json(
                    """
                    {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                     "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
                    """)));
    assertThatThrownBy(exported::imported)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("rope_scaling is {")
        .hasMessageContaining("and should be missing");
  }

  @Test
  void allThatDiffersIsNamedAtOnce() {
    ExportedModel exported = ExportedModel.in(directory, Layout.GPT_NEOX, ExportedModel.GPT_NEOX);
    exported.config(config -> config.put("rotary_emb_base", 50).put("layer_norm_eps", 0.5));
    assertThatThrownBy(exported::imported)
        .hasMessageContaining("layer_norm_eps is 0.5")
        .hasMessageContaining("rotary_emb_base is 50");
  }

  @Test
  void theOtherCopyMayNotBeChangedEither() {
    ExportedModel exported = ExportedModel.in(directory, Layout.LLAMA, ExportedModel.LLAMA);
    exported.config(
        config -> ((ObjectNode) config.at("/larkspur/settings/model")).put("rope-base", 50));
    assertThatThrownBy(exported::imported)
        .hasMessageContaining("rope_theta is 10000.0 and should be 50.0");
  }

  @Test
  void aFieldThatIsMissingMeansItsDefault() {
    ExportedModel exported =
        ExportedModel.in(directory, Layout.GPT_NEOX, "model { rope-base = 5000 }");
    exported.config(config -> config.remove("layer_norm_eps"));
    assertThat(exported.imported()).isEqualTo(exported.model());
    exported.config(config -> config.remove("rotary_emb_base"));
    assertThatThrownBy(exported::imported)
        .hasMessageContaining("rotary_emb_base is missing, which means 10000.0 and should be 5000");
  }

  @Test
  void withoutTheSectionTheOtherFieldsCount() {
    ExportedModel exported = ExportedModel.in(directory, Layout.GPT_NEOX, ExportedModel.GPT_NEOX);
    exported.config(config -> config.put("layer_norm_eps", 0.5)).withoutSection();
    assertThat(exported.imported().variant().normEpsilon()).isEqualTo(0.5);
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
