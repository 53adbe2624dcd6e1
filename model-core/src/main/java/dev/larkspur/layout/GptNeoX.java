package dev.larkspur.layout;

import dev.larkspur.layout.FileTensor.Range;
import dev.larkspur.layout.Renaming.Misfits;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant.Biases;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of {@code GPTNeoXForCausalLM}. Its fused projection stores the rows of query, key and
 * value head by head; Larkspur stores all queries, then all keys, then all values. Both rotate the
 * halves of a head.
 */
final class GptNeoX {
  private GptNeoX() {}

  static List<String> misfits(ModelConfig model) {
    AttentionConfig attention = model.attention();
    return new Misfits(model)
        .require(model.variant().norm() == Norm.LAYER_NORM, "its norm is LayerNorm")
        .require(
            model.variant().positions() instanceof Positions.Rotary,
            "its positions are rotary, not learned")
        .require(
            !(model.variant().positions() instanceof Positions.Rotary rotary)
                || rotary.scaling() instanceof Scaling.None,
            "its rotary frequencies are not scaled")
        .require(model.variant().biases() == Biases.ALL, "its projections and norms have biases")
        .require(model.ffn().activation() == Activation.GELU, "its activation is GELU")
        .require(
            attention.kvHeads() == attention.queryHeads(), "it has as many kv heads as query heads")
        .require(
            attention.dim() == model.hiddenDim(), "its attention is as wide as the hidden width")
        .reasons();
  }

  static List<FileTensor> tensors(ModelConfig model) {
    ParameterTable table = ParameterTable.of(model);
    Renaming renaming = new Renaming(table);
    renaming.add("gpt_neox.embed_in.weight", "embedding.weight");
    for (int layer = 0; layer < model.layers(); layer++) {
      String ours = "layers." + layer;
      String theirs = "gpt_neox.layers." + layer;
      renaming.both(theirs + ".input_layernorm", ours + ".attention.norm");
      for (String part : List.of(".weight", ".bias")) {
        renaming.add(
            byHead(
                theirs + ".attention.query_key_value" + part,
                table.parameter(ours + ".attention.qkv" + part),
                model.attention()));
      }
      renaming.both(theirs + ".attention.dense", ours + ".attention.out");
      renaming.both(theirs + ".post_attention_layernorm", ours + ".ffn.norm");
      renaming.both(theirs + ".mlp.dense_h_to_4h", ours + ".ffn.up");
      renaming.both(theirs + ".mlp.dense_4h_to_h", ours + ".ffn.down");
    }
    renaming.both("gpt_neox.final_layer_norm", "norm");
    renaming.optional("embed_out.weight", "head.weight");
    return renaming.tensors();
  }

  private static FileTensor byHead(String name, Parameter qkv, AttentionConfig attention) {
    long row = qkv.size() / qkv.shape().get(0);
    long head = attention.headDim() * row;
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < attention.queryHeads(); i++) {
      for (int part = 0; part < 3; part++) {
        long at = qkv.offset() + ((long) part * attention.queryHeads() + i) * head;
        ranges.add(new Range(at, head));
      }
    }
    return new FileTensor(name, qkv.shape(), ranges);
  }
}
