package dev.larkspur.engine.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer of the decoder with parameters, which are views into the graph's flat vectors. */
abstract class DecoderLayer<C extends LayerSpec> extends BaseLayer<C> implements Views {
  private static final long serialVersionUID = 1L;

  private final transient Scratch kept;
  private transient Pass pass;

  DecoderLayer(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
    this.kept = new Scratch(type);
  }

  /** Attaches the layer to the passes of a graph. */
  final void attach(Pass shared) {
    pass = shared;
    build();
  }

  /** Creates the layer's computation for the pass that the layer is attached to. */
  abstract void build();

  final Pass pass() {
    return pass;
  }

  /** Memory for values that the forward pass saves for the backward pass. */
  final Scratch kept() {
    return kept;
  }

  @Override
  public final boolean has(String name) {
    return params.containsKey(name);
  }

  @Override
  public final INDArray value(String name) {
    return params.get(name);
  }

  @Override
  public final INDArray gradient(String name) {
    return gradientViews.get(name);
  }

  /** This layer's name of a parameter of the model; null if the parameter is in another layer. */
  final String parameterOf(String name) {
    return params.keySet().stream()
        .filter(
            own -> name.equals(conf().getLayer().getLayerName() + "." + own) || name.equals(own))
        .findFirst()
        .orElse(null);
  }

  /** The gradients of this layer, which are final for this pass. */
  final Gradient completed() {
    pass.completed(layerConf().offset);
    Gradient all = new DefaultGradient(gradientsFlattened);
    gradientViews.forEach((name, view) -> all.setGradientFor(name, view, 'c'));
    return all;
  }

  /** Frees the layer's memory, except its parameters. */
  final void release() {
    kept.close();
    pass.close();
  }

  /** The inherited method splits in column-major order. */
  @Override
  public void setParams(INDArray params) {
    paramsFlattened.assign(params);
  }

  /** The inherited method counts in 32 bits. */
  @Override
  public long numParams() {
    return paramsFlattened == null ? 0 : paramsFlattened.length();
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public double calcRegularizationScore(boolean backpropOnlyParams) {
    return 0;
  }

  /** Returns false: the loss is already a mean over tokens. */
  @Override
  public boolean updaterDivideByMinibatch(String name) {
    return false;
  }
}
