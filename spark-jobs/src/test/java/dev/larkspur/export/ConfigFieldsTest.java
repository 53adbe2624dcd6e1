package dev.larkspur.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.layout.Layout;
import dev.larkspur.storage.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever changes what transformers would compute is refused, and nothing else. */
class ConfigFieldsTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'rope_scaling': null}",
        "{'rope_scaling': {'type': 'default'}}",
        "{'rope_scaling': {'rope_type': 'default', 'type': null}}",
        "{'rope_scaling': {}}",
        "{'rope_parameters': {'rope_type': 'default', 'rope_theta': 10000}}",
        "{'sliding_window': null, 'quantization_config': null, 'head_dim': null}",
        "{'sliding_window': 6}",
        "{'sliding_window': 3, 'use_sliding_window': false}",
        "{'partial_rotary_factor': 1.0, 'num_key_value_heads': null}",
        "{'hidden_act': 'swish', 'torch_dtype': 'float16', 'architectures': null}"
      })
  void whatChangesNothingIsRead(String fields) {
    ExportedModel exported =
        ExportedModel.in(directory, Layout.LLAMA, ExportedModel.LLAMA).withoutSection();
    exported.config(config -> config.setAll(json(fields)));
    assertThat(exported.imported()).isEqualTo(exported.model());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'rope_scaling': {'type': 'linear', 'factor': 2}}    | positions are scaled (rope_scaling is
          {'rope_scaling': {'rope_type': 'llama3'}}            | rope_scaling lacks factor
          {'rope_scaling': {'factor': 2}}                      | positions are scaled
          {'rope_scaling': 2}                                  | rope_scaling is 2, no group
          {'rope_parameters': {'rope_theta': 5}}               | rope_theta is 10000.0 and rope_theta is 5.0
          {'rope_parameters': {'full': {'rope_type': 'default'}}} | differs between layers
          {'partial_rotary_factor': 0.5}                       | partial_rotary_factor is 0.5
          {'sliding_window': 3}                                | sliding_window is 3
          {'quantization_config': {'bits': 4}}                 | it is quantised
          {'architectures': ['LlamaForSequenceClassification']} | not [LlamaForCausalLM]
          {'attention_bias': true}                             | only one of attention_bias and mlp_bias
          {'attention_bias': 'yes'}                            | neither true nor false
          {'rms_norm_eps': 'small'}                            | rms_norm_eps is "small", no number
          {'num_key_value_heads': 1.5}                         | num_key_value_heads is 1.5, no number
          {'hidden_act': 'gelu'}                               | hidden_act is gelu, not silu
          """)
  void whatChangesTheModelIsRefused(String fields, String message) {
    ExportedModel exported =
        ExportedModel.in(directory, Layout.LLAMA, ExportedModel.LLAMA).withoutSection();
    exported.config(config -> config.setAll(json(fields)));
    assertThatThrownBy(exported::imported)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'num_key_value_heads': 1}",
        "{'head_dim': 8}",
        "{'rotary_emb_base': null, 'rotary_pct': null}"
      })
  void fieldsOfOtherModelsCountToo(String fields) {
    ExportedModel exported =
        ExportedModel.in(directory, Layout.GPT_NEOX, ExportedModel.GPT_NEOX).withoutSection();
    exported.config(config -> config.setAll(json(fields)));
    assertThatThrownBy(exported::imported).isInstanceOf(BadInputException.class);
  }

  @Test
  void aFileThatIsNoJsonObjectIsRefused() throws IOException {
    for (String text : new String[] {"", "[]", "{\"a\": 1, \"a\": 2}", "{} {}", "[".repeat(5000)}) {
      Files.writeString(directory.resolve("config.json"), text);
      ModelDirectory files = ExportedModel.at(directory);
      assertThatThrownBy(() -> new ModelImport(files))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("config.json");
    }
  }

  private static ObjectNode json(String text) {
    try {
      return (ObjectNode) new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
