package dev.larkspur.export;

import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.safetensors.Safetensors;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The flat vector of the dense model that computes what a structured one does: W = U V. Products
 * are computed as they are read, so that only one of them is in memory.
 */
final class MergedParameters implements Safetensors.Elements {
  private final FlatVector factors;
  private final Map<String, Parameter> stored;

  /** The dense model's parameters by their offsets. */
  private final TreeMap<Long, Parameter> merged = new TreeMap<>();

  private Parameter newest;
  private float[] product;

  /**
   * Merges the parameters of a model without guides.
   *
   * @param factors laid out by the model's table
   */
  MergedParameters(ModelConfig model, FlatVector factors) {
    this.factors = factors;
    this.stored =
        ParameterTable.of(model).parameters().stream()
            .collect(Collectors.toMap(Parameter::name, parameter -> parameter));
    ParameterTable.of(dense(model))
        .parameters()
        .forEach(parameter -> merged.put(parameter.offset(), parameter));
  }

  /** The model that these parameters are of. */
  static ModelConfig dense(ModelConfig model) {
    FfnStructure dense = new FfnStructure.Dense();
    return new ModelConfig(
        model.dimensions(),
        model.attention(),
        new FfnConfig(model.ffn().dim(), dense, dense, model.ffn().activation()),
        model.variant(),
        model.initStd());
  }

  @Override
  public void read(long offset, FloatBuffer into) {
    long from = offset;
    int end = into.limit();
    while (into.position() < end) {
      Parameter parameter = merged.floorEntry(from).getValue();
      long within = from - parameter.offset();
      int count = (int) Math.min(end - into.position(), parameter.size() - within);
      into.limit(into.position() + count);
      readPart(parameter, within, into);
      into.limit(end);
      from += count;
    }
  }

  private void readPart(Parameter parameter, long within, FloatBuffer into) {
    Parameter same = stored.get(parameter.name());
    if (same != null) {
      factors.read(same.offset() + within, into);
      return;
    }
    if (!parameter.equals(newest)) {
      String name = parameter.name().substring(0, parameter.name().length() - ".weight".length());
      product = new FactorProduct(matrix(name + ".u.weight"), matrix(name + ".v.weight")).values();
      newest = parameter;
    }
    into.put(product, (int) within, into.remaining());
  }

  private FactorProduct.Matrix matrix(String name) {
    Parameter parameter = stored.get(name);
    float[] values = new float[Math.toIntExact(parameter.size())];
    factors.read(parameter.offset(), FloatBuffer.wrap(values));
    return new FactorProduct.Matrix(parameter.shape(), values);
  }
}
