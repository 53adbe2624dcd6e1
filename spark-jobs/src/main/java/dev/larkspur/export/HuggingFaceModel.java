package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.layout.Layout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code config.json} of GPT-NeoX- and Llama-style models into the settings of a model. */
final class HuggingFaceModel {
  private static final double DEFAULT_ROPE_BASE = 10_000;

  /** What GPT-NeoX turns of each head if nothing is said. */
  private static final double DEFAULT_ROTARY_PART = 0.25;

  private final JsonNode json;
  private final Layout layout;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Object> settings = new LinkedHashMap<>();

  private HuggingFaceModel(JsonNode json, Layout layout) {
    this.json = json;
    this.layout = layout;
  }

  /**
   * Keys of settings and their values.
   *
   * @param file name for messages
   * @throws ModelException if Larkspur has no such model, naming all that differs
   */
  static Map<String, Object> settings(JsonNode json, Layout layout, String file) {
    HuggingFaceModel model = new HuggingFaceModel(json, layout);
    model.read();
    if (!model.problems.isEmpty()) {
      throw new ModelException(
          "%s describes a model that cannot be imported: %s"
              .formatted(file, String.join("; ", model.problems)));
    }
    return model.settings;
  }

  private void read() {
    whole("model.vocabulary", "vocab_size");
    whole("model.context", "max_position_embeddings");
    int hidden = whole("model.hidden-dim", "hidden_size");
    whole("model.layers", "num_hidden_layers");
    int heads = whole("model.query-heads", "num_attention_heads");
    whole("model.ffn-dim", "intermediate_size");
    settings.put("model.init-std", json.path("initializer_range").asDouble(0.02));
    settings.put("model.tied-embedding", json.path("tie_word_embeddings").asBoolean(false));
    JsonNode rope = json.path("rope_parameters");
    JsonNode type = rope.path("rope_type");
    if (json.path("rope_scaling").isObject()
        || !(type.isMissingNode() || type.asText().equals("default"))) {
      problems.add("its rotary positions are scaled");
    }
    if (layout == Layout.LLAMA) {
      llama(hidden, heads, rope);
    } else {
      gptNeoX(rope);
    }
  }

  private void llama(int hidden, int heads, JsonNode rope) {
    require("hidden_act", Set.of("silu", "swish"), "silu");
    int headDim = json.path("head_dim").asInt(heads == 0 ? 0 : hidden / heads);
    settings.put("model.attention-dim", headDim * heads);
    settings.put("model.kv-heads", json.path("num_key_value_heads").asInt(heads));
    boolean biases = json.path("attention_bias").asBoolean(false);
    if (biases != json.path("mlp_bias").asBoolean(false)) {
      problems.add("only one of attention_bias and mlp_bias is true");
    }
    settings.put("model.biases", biases);
    settings.put("model.norm", "rms-norm");
    settings.put("model.norm-epsilon", json.path("rms_norm_eps").asDouble(1e-6));
    settings.put("model.ffn.activation", "swiglu");
    settings.put(
        "model.rope-base",
        rope.path("rope_theta").asDouble(json.path("rope_theta").asDouble(DEFAULT_ROPE_BASE)));
  }

  private void gptNeoX(JsonNode rope) {
    require("hidden_act", Set.of("gelu"), "gelu");
    if (json.path("use_parallel_residual").asBoolean(true)) {
      problems.add(
          "use_parallel_residual is true: attention and FFN of a layer read the same input");
    }
    double part =
        rope.path("partial_rotary_factor")
            .asDouble(json.path("rotary_pct").asDouble(DEFAULT_ROTARY_PART));
    if (part != 1) {
      problems.add("rotary_pct is %s: only a part of each head turns".formatted(part));
    }
    if (!json.path("attention_bias").asBoolean(true)) {
      problems.add("attention_bias is false, but its other projections have biases");
    }
    settings.put("model.norm-epsilon", json.path("layer_norm_eps").asDouble(1e-5));
    settings.put(
        "model.rope-base",
        rope.path("rope_theta").asDouble(json.path("rotary_emb_base").asDouble(DEFAULT_ROPE_BASE)));
  }

  private void require(String field, Set<String> known, String otherwise) {
    String value = json.path(field).asText(otherwise);
    if (!known.contains(value)) {
      problems.add("%s is %s, not %s".formatted(field, value, otherwise));
    }
  }

  private int whole(String key, String field) {
    JsonNode value = json.path(field);
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      problems.add(field + " is " + (value.isMissingNode() ? "missing" : value + ", no number"));
      return 0;
    }
    settings.put(key, value.asInt());
    return value.asInt();
  }
}
