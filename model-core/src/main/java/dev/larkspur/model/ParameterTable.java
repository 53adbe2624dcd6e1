package dev.larkspur.model;

import dev.larkspur.model.Parameter.Init;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each parameter lies in the one flat vector of a replica. The order is the order of the
 * layers, so that the gradient of a layer is one contiguous range.
 */
public final class ParameterTable {
  private final Map<String, Parameter> byName;
  private final long length;

  private ParameterTable(Map<String, Parameter> byName, long length) {
    this.byName = byName;
    this.length = length;
  }

  /** The table of a model. */
  public static ParameterTable of(ModelConfig config) {
    Builder table = new Builder();
    int hidden = config.hiddenDim();
    AttentionConfig attention = config.attention();
    table.add("embedding.weight", Init.NORMAL, config.vocabulary(), hidden);
    for (int layer = 0; layer < config.layers(); layer++) {
      String at = "layers." + layer;
      table.norm(at + ".attention.norm", hidden);
      table.dense(at + ".attention.qkv", attention.dim() + 2 * attention.kvDim(), hidden);
      table.dense(at + ".attention.out", hidden, attention.dim());
      table.norm(at + ".ffn.norm", hidden);
      FfnStructure structure = config.ffn().structureOf(layer);
      table.structured(at + ".ffn.up", structure, config.ffn().dim(), hidden);
      table.structured(at + ".ffn.down", structure, hidden, config.ffn().dim());
    }
    table.norm("norm", hidden);
    return new ParameterTable(table.parameters, table.length);
  }

  /** Every parameter, in the order of their offsets, without gaps. */
  public List<Parameter> parameters() {
    return List.copyOf(byName.values());
  }

  /**
   * One parameter.
   *
   * @throws IllegalArgumentException if the model has none of that name
   */
  public Parameter parameter(String name) {
    Parameter parameter = byName.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("this model has no parameter " + name);
    }
    return parameter;
  }

  /** Index of the first element of a decoder layer; the layers follow each other. */
  public long layerOffset(int layer) {
    return parameter("layers." + layer + ".attention.norm.weight").offset();
  }

  /** Elements of the flat vector: the model's parameter count. */
  public long length() {
    return length;
  }

  private static final class Builder {
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private long length;

    void add(String name, Init init, Integer... shape) {
      Parameter parameter = new Parameter(name, new ArrayList<>(List.of(shape)), length, init);
      parameters.put(name, parameter);
      length += parameter.size();
    }

    void norm(String name, int width) {
      add(name + ".weight", Init.ONES, width);
      add(name + ".bias", Init.ZEROS, width);
    }

    void dense(String name, int out, int in) {
      add(name + ".weight", Init.NORMAL, out, in);
      add(name + ".bias", Init.ZEROS, out);
    }

    void structured(String name, FfnStructure structure, int out, int in) {
      if (structure instanceof FfnStructure.LowRank lowRank) {
        add(name + ".u.weight", Init.SVD_LEFT, out, lowRank.matrixRank());
        add(name + ".v.weight", Init.SVD_RIGHT, lowRank.matrixRank(), in);
        add(name + ".bias", Init.ZEROS, out);
      } else {
        dense(name, out, in);
      }
    }
  }
}
