package dev.larkspur.engine.dl4j;

import dev.larkspur.model.Parameter;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * Configuration of a layer of the decoder: its parameters in the order of the flat vector. DL4J
 * serialises the fields as JSON, with the name of the class.
 */
public abstract class LayerSpec extends BaseLayer {
  private static final long serialVersionUID = 1L;

  /** Names of the parameters, without the layer's name. */
  public String[] names = {};

  /** Shape of each, row-major. */
  public long[][] shapes = {};

  /** Offset of the layer's first parameter in the flat vector. */
  public long offset;

  /** Decoupled decay in DL4J's {@code fit}; a replica's optimiser has a separate one. */
  public double weightDecay;

  /** Sets the parameters, which are consecutive in the flat vector; removes a prefix of names. */
  final void take(List<Parameter> parameters, String prefix) {
    names = parameters.stream().map(p -> withoutPrefix(p.name(), prefix)).toArray(String[]::new);
    shapes =
        parameters.stream()
            .map(p -> p.shape().stream().mapToLong(Integer::longValue).toArray())
            .toArray(long[][]::new);
    offset = parameters.isEmpty() ? 0 : parameters.get(0).offset();
  }

  private static String withoutPrefix(String name, String prefix) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  final Map<String, long[]> shapesByName() {
    Map<String, long[]> byName = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      byName.put(names[i], shapes[i]);
    }
    return byName;
  }

  abstract DecoderLayer<?> layer(NeuralNetConfiguration conf, DataType type);

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    DecoderLayer<?> layer = layer(conf, type);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(conf, parameters, initialize));
    layer.setConf(conf);
    layer.attach(new Pass(Kernels.ofBackend(), type));
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return FlatParameters.INSTANCE;
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    return input;
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    // The shapes define the widths.
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType input) {
    return null;
  }

  @Override
  public boolean isPretrainParam(String name) {
    return false;
  }

  @Override
  public List<Regularization> getRegularizationByParam(String name) {
    return weightDecay == 0 ? null : List.of(new WeightDecay(weightDecay, true));
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    return null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LayerSpec && other.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    return "%s %s%s%s at %d"
        .formatted(
            getClass().getSimpleName(),
            layerName,
            Arrays.toString(names),
            Arrays.deepToString(shapes),
            offset);
  }
}
