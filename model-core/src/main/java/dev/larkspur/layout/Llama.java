package dev.larkspur.layout;

import dev.larkspur.layout.FileTensor.Range;
import dev.larkspur.layout.Renaming.Misfits;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant.Biases;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of {@code LlamaForCausalLM}, and of {@code MistralForCausalLM} and {@code
 * Qwen2ForCausalLM}, which have the same names. Query, key and value are separate matrices. Both
 * they and Larkspur rotate the halves of a head.
 */
final class Llama {
  private Llama() {}

  static List<String> misfits(ModelConfig model) {
    return common(model)
        .require(
            model.variant().biases() != Biases.QKV,
            "all of its projections have biases, or none has")
        .reasons();
  }

  static List<String> misfitsOfMistral(ModelConfig model) {
    return withoutBiases(model)
        .require(isUnscaled(model), "its rotary frequencies are not scaled")
        .reasons();
  }

  static Misfits withoutBiases(ModelConfig model) {
    return common(model)
        .require(model.variant().biases() == Biases.NONE, "its projections have no biases");
  }

  static List<String> misfitsOfQwen2(ModelConfig model) {
    return common(model)
        .require(
            model.variant().biases() == Biases.QKV,
            "its queries, keys and values have biases, and nothing else")
        .require(isUnscaled(model), "its rotary frequencies are not scaled")
        .reasons();
  }

  private static boolean isUnscaled(ModelConfig model) {
    return !(model.variant().positions() instanceof Positions.Rotary rotary)
        || rotary.scaling() instanceof Scaling.None;
  }

  private static Misfits common(ModelConfig model) {
    return new Misfits(model)
        .require(model.variant().norm() == Norm.RMS_NORM, "its norm is RMSNorm")
        .require(
            model.variant().positions() instanceof Positions.Rotary,
            "its positions are rotary, not learned")
        .require(
            !(model.variant().positions() instanceof Positions.Rotary rotary)
                || rotary.fraction() == 1,
            "it rotates whole heads")
        .require(
            model.variant().residual() == Residual.SEQUENTIAL,
            "its feed-forward networks read the output of attention")
        .require(model.ffn().activation() == Activation.SWIGLU, "its activation is SwiGLU");
  }

  static List<FileTensor> tensors(ModelConfig model) {
    ParameterTable table = ParameterTable.of(model);
    Renaming renaming = new Renaming(table);
    renaming.add("model.embed_tokens.weight", "embedding.weight");
    for (int layer = 0; layer < model.layers(); layer++) {
      String ours = "layers." + layer;
      String theirs = "model.layers." + layer;
      renaming.both(theirs + ".input_layernorm", ours + ".attention.norm");
      for (String part : List.of(".weight", ".bias")) {
        if (renaming.has(ours + ".attention.qkv" + part)) {
          Parameter qkv = table.parameter(ours + ".attention.qkv" + part);
          split(theirs + ".self_attn.", part, qkv, model.attention()).forEach(renaming::add);
        }
      }
      renaming.both(theirs + ".self_attn.o_proj", ours + ".attention.out");
      renaming.both(theirs + ".post_attention_layernorm", ours + ".ffn.norm");
      renaming.both(theirs + ".mlp.gate_proj", ours + ".ffn.gate");
      renaming.both(theirs + ".mlp.up_proj", ours + ".ffn.up");
      renaming.both(theirs + ".mlp.down_proj", ours + ".ffn.down");
    }
    renaming.both("model.norm", "norm");
    renaming.optional("lm_head.weight", "head.weight");
    return renaming.tensors();
  }

  private static List<FileTensor> split(
      String at, String part, Parameter qkv, AttentionConfig attention) {
    int row = Math.toIntExact(qkv.size() / qkv.shape().get(0));
    int[] rows = {attention.dim(), attention.kvDim(), attention.kvDim()};
    String[] names = {"q_proj", "k_proj", "v_proj"};
    List<FileTensor> tensors = new ArrayList<>();
    long offset = qkv.offset();
    for (int i = 0; i < names.length; i++) {
      long size = (long) rows[i] * row;
      List<Integer> shape = qkv.shape().size() == 1 ? List.of(rows[i]) : List.of(rows[i], row);
      tensors.add(new FileTensor(at + names[i] + part, shape, List.of(new Range(offset, size))));
      offset += size;
    }
    return tensors;
  }
}
