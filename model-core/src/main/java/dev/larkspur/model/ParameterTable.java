package dev.larkspur.model;

import dev.larkspur.model.Parameter.Init;
import java.util.List;
import java.util.Map;

/**
 * The layout of parameters in the flat vector of a replica. Parameters are in the order of the
 * layers, so that the gradient of a layer is one contiguous range.
 */
public final class ParameterTable {
  private final Map<String, Parameter> byName;
  private final List<Parameter> matrices;
  private final long length;

  private ParameterTable(Map<String, Parameter> byName, List<Parameter> matrices, long length) {
    this.byName = byName;
    this.matrices = List.copyOf(matrices);
    this.length = length;
  }

  /** The table of a model. */
  public static ParameterTable of(ModelConfig config) {
    ParameterTableBuilder table = new ParameterTableBuilder(config.variant());
    int hidden = config.hiddenDim();
    AttentionConfig attention = config.attention();
    table.embedding(config);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "layers." + layer;
      table.norm(at + ".attention.norm", hidden);
      table.dense(at + ".attention.qkv", attention.dim() + 2 * attention.kvDim(), hidden);
      table.dense(at + ".attention.out", hidden, attention.dim());
      table.norm(at + ".ffn.norm", hidden);
      table.ffn(at + ".ffn", config.ffn().structureOf(layer), config.ffn(), hidden);
    }
    table.norm("norm", hidden);
    if (!config.variant().tiedEmbedding()) {
      table.matrix("head.weight", Init.NORMAL, config.vocabulary(), hidden);
    }
    return new ParameterTable(table.parameters(), table.matrices(), table.length());
  }

  /**
   * The table of a single feed-forward network with biases; names begin with {@code ffn}.
   *
   * @param hidden width of its input and output
   */
  public static ParameterTable ofFfn(int hidden, FfnConfig ffn) {
    ParameterTableBuilder table = new ParameterTableBuilder(DecoderVariant.PAPER);
    table.ffn("ffn", ffn.structure(), ffn, hidden);
    return new ParameterTable(table.parameters(), table.matrices(), table.length());
  }

  /** All parameters in the order of their offsets, without gaps. */
  public List<Parameter> parameters() {
    return List.copyOf(byName.values());
  }

  /**
   * Parameters that activations are multiplied with, including the head: [out, in], or the blocks
   * of a block-diagonal matrix, [blocks, out / blocks, in / blocks].
   */
  public List<Parameter> matrices() {
    return matrices;
  }

  /**
   * One parameter.
   *
   * @throws IllegalArgumentException if the model has no parameter of that name
   */
  public Parameter parameter(String name) {
    Parameter parameter = byName.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("this model has no parameter " + name);
    }
    return parameter;
  }

  /** Offset of the first element of a decoder layer; layers are contiguous. */
  public long layerOffset(int layer) {
    return parameter("layers." + layer + ".attention.norm.weight").offset();
  }

  /** Length of the flat vector, which is the number of parameters. */
  public long length() {
    return length;
  }
}
