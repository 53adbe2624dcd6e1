package dev.larkspur.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Biases;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import dev.larkspur.safetensors.DataType;

/** {@code config.json} as transformers reads it, for the layouts that it supports. */
final class HuggingFaceConfig {
  private HuggingFaceConfig() {}

  /**
   * The fields of a model that fits the layout.
   *
   * @param type of the stored parameters
   * @param endOfText id of the token that precedes and ends each document
   */
  static ObjectNode of(ModelConfig model, Layout layout, DataType type, int endOfText) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model_type", layout.modelType());
    if (layout == Layout.LARKSPUR) {
      return json;
    }
    DecoderVariant variant = model.variant();
    Positions.Rotary rotary = (Positions.Rotary) variant.positions();
    json.putArray("architectures").add(architecture(layout));
    json.put("vocab_size", model.vocabulary())
        .put("max_position_embeddings", model.context())
        .put("hidden_size", model.hiddenDim())
        .put("num_hidden_layers", model.layers())
        .put("num_attention_heads", model.attention().queryHeads())
        .put("intermediate_size", model.ffn().dim())
        .put("initializer_range", model.initStd())
        .put("tie_word_embeddings", variant.tiedEmbedding())
        .put("attention_dropout", 0.0)
        .put("bos_token_id", endOfText)
        .put("eos_token_id", endOfText)
        .put("torch_dtype", type == DataType.BF16 ? "bfloat16" : "float32");
    if (layout == Layout.GPT_NEOX) {
      return json.put("attention_bias", true)
          .put("hidden_act", "gelu")
          .put("hidden_dropout", 0.0)
          .put("layer_norm_eps", variant.normEpsilon())
          .put("rotary_pct", rotary.fraction())
          .put("rotary_emb_base", rotary.base())
          .put("use_parallel_residual", variant.residual() == Residual.PARALLEL);
    }
    json.put("num_key_value_heads", model.attention().kvHeads())
        .put("head_dim", model.attention().headDim())
        .put("hidden_act", "silu")
        .put("rms_norm_eps", variant.normEpsilon())
        .put("rope_theta", rotary.base());
    return switch (layout) {
      case MISTRAL -> json.putNull("sliding_window");
      case QWEN2 -> json.put("use_sliding_window", false);
      default -> llama(json, variant, rotary);
    };
  }

  private static ObjectNode llama(
      ObjectNode json, DecoderVariant variant, Positions.Rotary rotary) {
    boolean biases = variant.biases() == Biases.ALL;
    json.put("attention_bias", biases).put("mlp_bias", biases);
    if (rotary.scaling() instanceof Scaling.Llama3 scaling) {
      json.putObject("rope_scaling")
          .put("rope_type", "llama3")
          .put("factor", scaling.factor())
          .put("low_freq_factor", scaling.lowFrequencyFactor())
          .put("high_freq_factor", scaling.highFrequencyFactor())
          .put("original_max_position_embeddings", scaling.originalContext());
    }
    return json;
  }

  /** The class of transformers for a layout. */
  static String architecture(Layout layout) {
    return switch (layout) {
      case LARKSPUR -> throw new IllegalArgumentException("transformers has no such model");
      case GPT_NEOX -> "GPTNeoXForCausalLM";
      case LLAMA -> "LlamaForCausalLM";
      case MISTRAL -> "MistralForCausalLM";
      case QWEN2 -> "Qwen2ForCausalLM";
    };
  }
}
