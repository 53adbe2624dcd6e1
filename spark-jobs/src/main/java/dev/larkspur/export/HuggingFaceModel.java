package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.export.ConfigFields.FieldDefault;
import dev.larkspur.export.ConfigFields.RotaryFields;
import dev.larkspur.layout.Layout;
import dev.larkspur.storage.BadInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code config.json} of GPT-NeoX- and Llama-style models into the settings of a model, and
 * refuses fields that make transformers compute something else.
 */
final class HuggingFaceModel {
  /** The fraction of each head that GPT-NeoX rotates by default. */
  private static final double DEFAULT_ROTARY_PART = 0.25;

  private final ConfigFields fields;
  private final Layout layout;
  private final Map<String, Object> settings = new LinkedHashMap<>();

  private HuggingFaceModel(JsonNode json, Layout layout) {
    this.fields = new ConfigFields(json);
    this.layout = layout;
  }

  /**
   * Keys of settings and their values.
   *
   * @param file name for messages
   * @throws BadInputException if Larkspur has no such model, naming all differences
   */
  static Map<String, Object> settings(JsonNode json, Layout layout, String file) {
    HuggingFaceModel model = new HuggingFaceModel(json, layout);
    model.read();
    if (!model.fields.problems().isEmpty()) {
      throw new BadInputException(
          "%s describes a model that cannot be imported: %s"
              .formatted(file, String.join("; ", model.fields.problems())));
    }
    return model.settings;
  }

  private void read() {
    set("model.vocabulary", fields.wholeNumber("vocab_size"));
    int context = fields.wholeNumber("max_position_embeddings");
    set("model.context", context);
    int hidden = fields.wholeNumber("hidden_size");
    set("model.hidden-dim", hidden);
    set("model.layers", fields.wholeNumber("num_hidden_layers"));
    int heads = fields.wholeNumber("num_attention_heads");
    set("model.query-heads", heads);
    set("model.ffn-dim", fields.wholeNumber("intermediate_size"));
    set("model.init-std", fields.number("initializer_range", 0.02));
    set("model.tied-embedding", fields.flag("tie_word_embeddings", FieldDefault.FALSE));
    requireArchitecture();
    fields.refuseIf(
        !fields.at("quantization_config").isEmpty(),
        "it is quantised (quantization_config): import the original model");
    int window = fields.wholeNumber("sliding_window", context);
    fields.refuseIf(
        window < context && fields.flag("use_sliding_window", FieldDefault.TRUE),
        "sliding_window is %d: a token attends to no more tokens before it".formatted(window));
    RotaryFields rotary = new RotaryFields(fields);
    if (layout == Layout.LLAMA) {
      llama(hidden, heads, rotary);
    } else {
      gptNeoX(hidden, heads, rotary);
    }
  }

  private void llama(int hidden, int heads, RotaryFields rotary) {
    require("hidden_act", Set.of("silu", "swish"), "silu");
    int headDim = fields.wholeNumber("head_dim", heads == 0 ? 0 : hidden / heads);
    set("model.attention-dim", (long) headDim * heads);
    set("model.kv-heads", fields.wholeNumber("num_key_value_heads", heads));
    boolean biases = fields.flag("attention_bias", FieldDefault.FALSE);
    fields.refuseIf(
        biases != fields.flag("mlp_bias", FieldDefault.FALSE),
        "only one of attention_bias and mlp_bias is true");
    set("model.biases", biases);
    set("model.norm", "rms-norm");
    set("model.norm-epsilon", fields.number("rms_norm_eps", 1e-6));
    set("model.ffn.activation", "swiglu");
    set("model.rope-base", rotary.base("rope_theta"));
    requireFullRotation("partial_rotary_factor", rotary.part("partial_rotary_factor", 1));
  }

  private void gptNeoX(int hidden, int heads, RotaryFields rotary) {
    require("hidden_act", Set.of("gelu"), "gelu");
    fields.refuseIf(
        fields.flag("use_parallel_residual", FieldDefault.TRUE),
        "use_parallel_residual is true: attention and FFN of a layer read the same input");
    requireFullRotation("rotary_pct", rotary.part("rotary_pct", DEFAULT_ROTARY_PART));
    fields.refuseIf(
        !fields.flag("attention_bias", FieldDefault.TRUE),
        "attention_bias is false, but its other projections have biases");
    int kvHeads = fields.wholeNumber("num_key_value_heads", heads);
    fields.refuseIf(
        kvHeads != heads, "num_key_value_heads is %d, not %d".formatted(kvHeads, heads));
    int headDim = fields.wholeNumber("head_dim", heads == 0 ? 0 : hidden / heads);
    fields.refuseIf(
        heads != 0 && headDim * (long) heads != hidden,
        "head_dim is %d, and %d heads are not as wide as hidden_size".formatted(headDim, heads));
    set("model.norm-epsilon", fields.number("layer_norm_eps", 1e-5));
    set("model.rope-base", rotary.base("rotary_emb_base"));
  }

  /** Heads other than a language model's have other tensors and another meaning. */
  private void requireArchitecture() {
    String known = HuggingFaceConfig.architecture(layout);
    JsonNode architectures = fields.at("architectures");
    boolean has = architectures.isEmpty();
    for (JsonNode architecture : architectures) {
      has |= architecture.asText().equals(known);
    }
    fields.refuseIf(!has, "architectures is %s, not [%s]".formatted(architectures, known));
  }

  private void requireFullRotation(String field, double part) {
    fields.refuseIf(
        part != 1, "%s is %s: only a part of each head is rotated".formatted(field, part));
  }

  private void require(String field, Set<String> known, String otherwise) {
    JsonNode value = fields.at(field);
    String text = value.isMissingNode() ? otherwise : value.asText();
    fields.refuseIf(!known.contains(text), "%s is %s, not %s".formatted(field, text, otherwise));
  }

  private void set(String key, Object value) {
    settings.put(key, value);
  }
}
