package dev.larkspur.model;

import dev.larkspur.model.DecoderVariant.Biases;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.Parameter.Init;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds the layout of parameters. */
final class ParameterTableBuilder {
  private final DecoderVariant variant;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final List<Parameter> matrices = new ArrayList<>();
  private long length;

  ParameterTableBuilder(DecoderVariant variant) {
    this.variant = variant;
  }

  Map<String, Parameter> parameters() {
    return parameters;
  }

  List<Parameter> matrices() {
    return matrices;
  }

  long length() {
    return length;
  }

  /** Adds the token embedding, which a tied head shares, and learned positions. */
  void embedding(ModelConfig config) {
    int hidden = config.hiddenDim();
    Parameter tokens = add("embedding.weight", Init.NORMAL, config.vocabulary(), hidden);
    if (variant.tiedEmbedding()) {
      matrices.add(tokens);
    }
    if (variant.positions() instanceof Positions.Learned) {
      add("positions.weight", Init.NORMAL, config.context(), hidden);
    }
  }

  void norm(String name, int width) {
    add(name + ".weight", Init.ONES, width);
    if (variant.norm() == Norm.LAYER_NORM) {
      bias(name, width);
    }
  }

  void dense(String name, int out, int in) {
    matrix(name + ".weight", Init.NORMAL, out, in);
    bias(name, out);
  }

  void ffn(String name, FfnStructure structure, FfnConfig ffn, int hidden) {
    if (ffn.activation() == Activation.SWIGLU) {
      structured(name + ".gate", structure, ffn.dim(), hidden);
    }
    structured(name + ".up", structure, ffn.dim(), hidden);
    structured(name + ".down", structure, hidden, ffn.dim());
  }

  private void structured(String name, FfnStructure structure, int out, int in) {
    if (structure instanceof FfnStructure.Guided guided) {
      factors(name, guided.structured(), out, in);
      matrix(name + ".guide.weight", Init.GUIDE, out, in);
    } else {
      factors(name, structure, out, in);
    }
    bias(name, out);
  }

  private void factors(String name, FfnStructure structure, int out, int in) {
    int inner = structure.innerWidth(out, in);
    if (structure instanceof FfnStructure.LowRank) {
      matrix(name + ".u.weight", Init.SVD_LEFT, out, inner);
      matrix(name + ".v.weight", Init.SVD_RIGHT, inner, in);
    } else if (structure instanceof FfnStructure.BlockDense given) {
      matrix(name + ".u.weight", Init.ORTHOGONAL, out, inner);
      blocks(name + ".v.weight", given.blocks(), inner, in);
    } else if (structure instanceof FfnStructure.BlockShuffle given) {
      blocks(name + ".u.weight", given.blocks(), out, inner);
      blocks(name + ".v.weight", given.blocks(), inner, in);
    } else {
      matrix(name + ".weight", Init.NORMAL, out, in);
    }
  }

  private void blocks(String name, int blocks, int out, int in) {
    matrix(name, Init.ORTHOGONAL, blocks, out / blocks, in / blocks);
  }

  void matrix(String name, Init init, Integer... shape) {
    matrices.add(add(name, init, shape));
  }

  private void bias(String name, int width) {
    boolean ofQueries = name.endsWith(".attention.qkv");
    if (variant.biases() == Biases.ALL || (variant.biases() == Biases.QKV && ofQueries)) {
      add(name + ".bias", Init.ZEROS, width);
    }
  }

  private Parameter add(String name, Init init, Integer... shape) {
    Parameter parameter = new Parameter(name, List.of(shape), length, init);
    parameters.put(name, parameter);
    length += parameter.size();
    return parameter;
  }
}
