package dev.larkspur.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.layout.Layout;
import dev.larkspur.model.DecoderVariant.Positions;
import dev.larkspur.model.ModelConfig;
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
    json.putArray("architectures").add(architecture(layout));
    json.put("vocab_size", model.vocabulary())
        .put("max_position_embeddings", model.context())
        .put("hidden_size", model.hiddenDim())
        .put("num_hidden_layers", model.layers())
        .put("num_attention_heads", model.attention().queryHeads())
        .put("intermediate_size", model.ffn().dim())
        .put("initializer_range", model.initStd())
        .put("tie_word_embeddings", model.variant().tiedEmbedding())
        .put("attention_bias", model.variant().biases())
        .put("attention_dropout", 0.0)
        .put("bos_token_id", endOfText)
        .put("eos_token_id", endOfText)
        .put("torch_dtype", type == DataType.BF16 ? "bfloat16" : "float32");
    double base = ((Positions.Rotary) model.variant().positions()).base();
    double epsilon = model.variant().normEpsilon();
    if (layout == Layout.LLAMA) {
      json.put("num_key_value_heads", model.attention().kvHeads())
          .put("head_dim", model.attention().headDim())
          .put("mlp_bias", model.variant().biases())
          .put("hidden_act", "silu")
          .put("rms_norm_eps", epsilon)
          .put("rope_theta", base);
    } else {
      json.put("hidden_act", "gelu")
          .put("hidden_dropout", 0.0)
          .put("layer_norm_eps", epsilon)
          .put("rotary_pct", 1.0)
          .put("rotary_emb_base", base)
          .put("use_parallel_residual", false);
    }
    return json;
  }

  /** The class of transformers for a layout. */
  static String architecture(Layout layout) {
    return layout == Layout.LLAMA ? "LlamaForCausalLM" : "GPTNeoXForCausalLM";
  }
}
