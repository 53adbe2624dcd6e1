package dev.larkspur.engine.dl4j;

import dev.larkspur.model.DecoderVariant.Norm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Normalisation of [tokens, hidden]. */
public final class NormSpec extends LayerSpec {
  private static final long serialVersionUID = 1L;

  /** Normalisation by mean and variance, or by the root mean square. */
  public Norm norm;

  /** Constant added to the variance or mean square. */
  public double epsilon;

  /** Whether this is the last normalisation, to whose gradient all layers add. */
  public boolean last;

  @Override
  public String toString() {
    return "%s %s, epsilon %s%s".formatted(super.toString(), norm, epsilon, last ? " last" : "");
  }

  @Override
  DecoderLayer<?> layer(NeuralNetConfiguration conf, DataType type) {
    return new NormLayer(conf, type);
  }

  /** The layer. */
  static final class NormLayer extends DecoderLayer<NormSpec> {
    private static final long serialVersionUID = 1L;
    private transient Normalization norm;

    NormLayer(NeuralNetConfiguration conf, DataType type) {
      super(conf, type);
    }

    @Override
    void build() {
      norm = new Normalization(this, "", layerConf().norm, layerConf().epsilon, kept());
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray out = kept().array("out", input.shape());
      norm.forward(input, out);
      return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaces) {
      // The last norm's gradient is in use until the embedding: layers add their gradients to it.
      String name = layerConf().last ? "residual.gradient" : "norm.gradient";
      INDArray dx = pass().scratch().array(name, epsilon.shape());
      norm.backward(epsilon, pass(), dx);
      return new Pair<>(completed(), dx);
    }
  }
}
