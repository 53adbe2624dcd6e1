package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.export.ConfigFields.FieldDefault;
import dev.larkspur.layout.Layout;
import dev.larkspur.storage.BadInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads {@code config.json} of GPT-NeoX, Llama, Mistral and Qwen2 models into the settings of a
 * model, and refuses fields that make transformers compute something else.
 */
final class HuggingFaceModel {
  /** The fraction of each head that GPT-NeoX rotates by default. */
  private static final double DEFAULT_ROTARY_PART = 0.25;

  /** Defaults of the classes of transformers. */
  private static final int MISTRAL_WINDOW = 4096;

  private static final int MISTRAL_KV_HEADS = 8;
  private static final int QWEN2_KV_HEADS = 32;

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
    requireFullAttention(context);
    RotaryFields rotary = new RotaryFields(fields);
    if (layout == Layout.GPT_NEOX) {
      gptNeoX(hidden, heads, rotary);
    } else {
      llama(hidden, heads, rotary);
    }
  }

  private void requireFullAttention(int context) {
    FieldDefault used = layout == Layout.QWEN2 ? FieldDefault.FALSE : FieldDefault.TRUE;
    int usual =
        layout == Layout.MISTRAL && !fields.has("sliding_window") ? MISTRAL_WINDOW : context;
    int window = fields.wholeNumber("sliding_window", usual);
    fields.refuseIf(
        window < context && fields.flag("use_sliding_window", used),
        "sliding_window is %d: a token attends to no more tokens before it".formatted(window));
    for (JsonNode type : fields.at("layer_types")) {
      fields.refuseIf(
          !type.asText().equals("full_attention"),
          "layer_types has %s, and not full_attention alone".formatted(type));
    }
  }

  private void llama(int hidden, int heads, RotaryFields rotary) {
    require("hidden_act", Set.of("silu", "swish"), "silu");
    int headDim = fields.wholeNumber("head_dim", heads == 0 ? 0 : hidden / heads);
    set("model.attention-dim", (long) headDim * heads);
    set("model.kv-heads", fields.wholeNumber("num_key_value_heads", usualKvHeads(heads)));
    set("model.biases", biases());
    set("model.norm", "rms-norm");
    set("model.norm-epsilon", fields.number("rms_norm_eps", 1e-6));
    set("model.ffn.activation", "swiglu");
    set("model.rope-base", rotary.base("rope_theta"));
    settings.putAll(rotary.scaling());
    double part = rotary.part("partial_rotary_factor", 1);
    fields.refuseIf(
        part != 1,
        "partial_rotary_factor is %s: only a part of each head is rotated".formatted(part));
  }

  /** What transformers takes if the field is missing. */
  private int usualKvHeads(int heads) {
    return switch (layout) {
      case MISTRAL -> MISTRAL_KV_HEADS;
      case QWEN2 -> QWEN2_KV_HEADS;
      default -> heads;
    };
  }

  private String biases() {
    if (layout == Layout.QWEN2) {
      return "qkv";
    }
    if (layout == Layout.MISTRAL) {
      return "false";
    }
    boolean biases = fields.flag("attention_bias", FieldDefault.FALSE);
    fields.refuseIf(
        biases != fields.flag("mlp_bias", FieldDefault.FALSE),
        "only one of attention_bias and mlp_bias is true");
    return String.valueOf(biases);
  }

  private void gptNeoX(int hidden, int heads, RotaryFields rotary) {
    require("hidden_act", Set.of("gelu"), "gelu");
    set(
        "model.residual",
        fields.flag("use_parallel_residual", FieldDefault.TRUE) ? "parallel" : "sequential");
    double part = rotary.part("rotary_pct", DEFAULT_ROTARY_PART);
    int width = heads == 0 ? 0 : hidden / heads;
    int rotated = (int) (part * width);
    fields.refuseIf(
        part > 1 || rotated < 2 || rotated % 2 != 0,
        "rotary_pct is %s, which rotates %d of the %d coordinates of a head, not pairs of them"
            .formatted(part, rotated, width));
    set("model.rope-fraction", part);
    fields.refuseIf(
        !rotary.scaling().isEmpty(), "its rotary positions are scaled, which only Llama's may be");
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

  private void require(String field, Set<String> known, String otherwise) {
    JsonNode value = fields.at(field);
    String text = value.isMissingNode() ? otherwise : value.asText();
    fields.refuseIf(!known.contains(text), "%s is %s, not %s".formatted(field, text, otherwise));
  }

  private void set(String key, Object value) {
    settings.put(key, value);
  }
}
