package dev.larkspur.layout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.layout.FileTensor.Range;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Biases;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelConfig.Dimensions;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.model.Positions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Names, shapes and places, against what the classes of transformers are documented to have. */
class LayoutTest {
  private static final FfnStructure DENSE = new FfnStructure.Dense();
  private static final AttentionConfig HEADS = new AttentionConfig(8, 2, 2);

  static Stream<Arguments> fitting() {
    FfnStructure shuffled = new FfnStructure.BlockShuffle(2);
    FfnConfig swiglu = new FfnConfig(12, shuffled, shuffled, Activation.SWIGLU);
    return Stream.of(
        Arguments.of(Layout.LARKSPUR, neoX(true)),
        Arguments.of(Layout.LARKSPUR, model(HEADS, swiglu, variant(Norm.RMS_NORM, false, false))),
        Arguments.of(Layout.GPT_NEOX, neoX(true)),
        Arguments.of(Layout.GPT_NEOX, neoX(false)),
        Arguments.of(Layout.LLAMA, llama(true, true)),
        Arguments.of(Layout.LLAMA, llama(false, false)));
  }

  @ParameterizedTest
  @MethodSource("fitting")
  void everyParameterIsWrittenOnce(Layout layout, ModelConfig model) {
    assertThat(layout.misfits(model)).isEmpty();
    List<Range> ranges = new ArrayList<>();
    layout.tensors(model).forEach(tensor -> ranges.addAll(tensor.ranges()));
    ranges.sort(Comparator.comparingLong(Range::offset));
    long end = 0;
    for (Range range : ranges) {
      assertThat(range.offset()).isEqualTo(end);
      end += range.length();
    }
    assertThat(end).isEqualTo(ParameterTable.of(model).length());
    assertThat(layout.tensors(model)).extracting(FileTensor::name).doesNotHaveDuplicates();
  }

  @Test
  void gptNeoX() {
    assertThat(described(Layout.GPT_NEOX, neoX(false)))
        .containsExactly(
            "gpt_neox.embed_in.weight [11, 8]",
            "gpt_neox.layers.0.input_layernorm.weight [8]",
            "gpt_neox.layers.0.input_layernorm.bias [8]",
            "gpt_neox.layers.0.attention.query_key_value.weight [24, 8]",
            "gpt_neox.layers.0.attention.query_key_value.bias [24]",
            "gpt_neox.layers.0.attention.dense.weight [8, 8]",
            "gpt_neox.layers.0.attention.dense.bias [8]",
            "gpt_neox.layers.0.post_attention_layernorm.weight [8]",
            "gpt_neox.layers.0.post_attention_layernorm.bias [8]",
            "gpt_neox.layers.0.mlp.dense_h_to_4h.weight [12, 8]",
            "gpt_neox.layers.0.mlp.dense_h_to_4h.bias [12]",
            "gpt_neox.layers.0.mlp.dense_4h_to_h.weight [8, 12]",
            "gpt_neox.layers.0.mlp.dense_4h_to_h.bias [8]",
            "gpt_neox.final_layer_norm.weight [8]",
            "gpt_neox.final_layer_norm.bias [8]",
            "embed_out.weight [11, 8]");
  }

  /** Read as [heads, 3, headDim, hidden], its second axis is query, key and value. */
  @Test
  void gptNeoXHasQueryKeyAndValueOfEachHeadTogether() {
    ModelConfig model = neoX(true);
    Parameter ours = ParameterTable.of(model).parameter("layers.0.attention.qkv.weight");
    List<Range> theirs =
        Layout.GPT_NEOX.tensors(model).stream()
            .filter(tensor -> tensor.name().endsWith("query_key_value.weight"))
            .findFirst()
            .orElseThrow()
            .ranges();
    for (int head = 0; head < 2; head++) {
      for (int part = 0; part < 3; part++) {
        // Ours: query heads 0 and 1, key heads, value heads, each of 4 rows of 8.
        long expected = ours.offset() + (part * 2L + head) * 4 * 8;
        assertThat(theirs.get(head * 3 + part)).isEqualTo(new Range(expected, 32));
      }
    }
  }

  @Test
  void llama() {
    assertThat(described(Layout.LLAMA, llama(false, false)))
        .containsExactly(
            "model.embed_tokens.weight [11, 8]",
            "model.layers.0.input_layernorm.weight [8]",
            "model.layers.0.self_attn.q_proj.weight [16, 8]",
            "model.layers.0.self_attn.k_proj.weight [8, 8]",
            "model.layers.0.self_attn.v_proj.weight [8, 8]",
            "model.layers.0.self_attn.o_proj.weight [8, 16]",
            "model.layers.0.post_attention_layernorm.weight [8]",
            "model.layers.0.mlp.gate_proj.weight [12, 8]",
            "model.layers.0.mlp.up_proj.weight [12, 8]",
            "model.layers.0.mlp.down_proj.weight [8, 12]",
            "model.norm.weight [8]",
            "lm_head.weight [11, 8]");
    assertThat(described(Layout.LLAMA, llama(true, true)))
        .contains(
            "model.layers.0.self_attn.k_proj.bias [8]",
            "model.layers.0.self_attn.o_proj.bias [8]",
            "model.layers.0.mlp.gate_proj.bias [12]",
            "model.layers.0.mlp.down_proj.bias [8]")
        .doesNotContain("lm_head.weight [11, 8]", "model.norm.bias [8]");
  }

  @Test
  void whatDoesNotFitIsSaid() {
    FfnConfig lowRank = new FfnConfig(12, new FfnStructure.LowRank(3), DENSE, Activation.GELU);
    DecoderVariant learned =
        new DecoderVariant(
            Norm.LAYER_NORM, 1e-5, new Positions.Learned(), Biases.NONE, Residual.SEQUENTIAL, true);
    ModelConfig model =
        new ModelConfig(
            new Dimensions(11, 6, 8, 2), new AttentionConfig(16, 4, 2), lowRank, learned, 0.02);
    assertThat(Layout.GPT_NEOX.misfits(model))
        .containsExactly(
            "its feed-forward networks are dense, not dense and low-rank",
            "its positions are rotary, not learned",
            "its projections and norms have biases",
            "it has as many kv heads as query heads",
            "its attention is as wide as the hidden width");
    assertThat(Layout.LLAMA.misfits(model))
        .containsExactly(
            "its feed-forward networks are dense, not dense and low-rank",
            "its norm is RMSNorm",
            "its positions are rotary, not learned",
            "its activation is SwiGLU");
  }

  private static List<String> described(Layout layout, ModelConfig model) {
    return layout.tensors(model).stream()
        .map(tensor -> tensor.name() + " " + tensor.shape())
        .toList();
  }

  private static ModelConfig neoX(boolean tied) {
    return model(
        HEADS,
        new FfnConfig(12, DENSE, DENSE, Activation.GELU),
        variant(Norm.LAYER_NORM, true, tied));
  }

  private static ModelConfig llama(boolean biases, boolean tied) {
    return model(
        new AttentionConfig(16, 4, 2),
        new FfnConfig(12, DENSE, DENSE, Activation.SWIGLU),
        variant(Norm.RMS_NORM, biases, tied));
  }

  private static ModelConfig model(
      AttentionConfig attention, FfnConfig ffn, DecoderVariant variant) {
    return new ModelConfig(new Dimensions(11, 6, 8, 1), attention, ffn, variant, 0.02);
  }

  private static DecoderVariant variant(Norm norm, boolean biases, boolean tied) {
    return new DecoderVariant(
        norm,
        1e-5,
        new Positions.Rotary(10_000),
        biases ? Biases.ALL : Biases.NONE,
        Residual.SEQUENTIAL,
        tied);
  }
}
