package dev.larkspur.engine.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Splits a layer's range of a flat vector into row-major views. It does not initialise them: {@link
 * dev.larkspur.engine.InitialValues} writes the initial values of all layers.
 */
final class FlatParameters implements ParamInitializer {
  static final FlatParameters INSTANCE = new FlatParameters();

  private FlatParameters() {}

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return spec(layer).shapesByName().values().stream().mapToLong(FlatParameters::length).sum();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return new ArrayList<>(spec(layer).shapesByName().keySet());
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return paramKeys(layer);
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return List.of();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return true;
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return false;
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray vector, boolean initialize) {
    Map<String, INDArray> views = views(conf, vector);
    // DL4J's updater and listeners see only variables that are registered here.
    views.keySet().forEach(conf::addVariable);
    return views;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray vector) {
    return views(conf, vector);
  }

  private static Map<String, INDArray> views(NeuralNetConfiguration conf, INDArray vector) {
    Map<String, INDArray> views = new LinkedHashMap<>();
    long from = 0;
    for (Map.Entry<String, long[]> entry : spec(conf.getLayer()).shapesByName().entrySet()) {
      long to = from + length(entry.getValue());
      INDArray flat = vector.reshape(vector.length()).get(NDArrayIndex.interval(from, to));
      views.put(entry.getKey(), flat.reshape('c', entry.getValue()));
      from = to;
    }
    return views;
  }

  private static LayerSpec spec(Layer layer) {
    return (LayerSpec) layer;
  }

  private static long length(long[] shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }
}
