package dev.larkspur.engine.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A feed-forward network on [tokens, hidden]; the shapes of its factors define its structure. */
public final class FeedForwardSpec extends LayerSpec {
  private static final long serialVersionUID = 1L;

  @Override
  DecoderLayer<?> layer(NeuralNetConfiguration conf, DataType type) {
    return new FeedForwardLayer(conf, type);
  }

  /** The layer. */
  static final class FeedForwardLayer extends DecoderLayer<FeedForwardSpec> {
    private static final long serialVersionUID = 1L;
    private transient FeedForward ffn;
    private transient double guideWeight;

    FeedForwardLayer(NeuralNetConfiguration conf, DataType type) {
      super(conf, type);
    }

    @Override
    void build() {
      ffn = new FeedForward(this, "", pass(), kept());
      guide(guideWeight);
    }

    /** Sets the weight of the guides, if the layer has any. */
    void guide(double weight) {
      guideWeight = weight;
      ffn.projections().forEach(projection -> projection.guide(weight));
    }

    /** Sets the guides to their initial values. */
    void startGuides() {
      ffn.projections().forEach(Projection::startGuide);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray out = kept().array("out", input.shape());
      ffn.forward(input, out);
      return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaces) {
      INDArray dx = pass().scratch().array("ffn.gradient", input.shape());
      ffn.backward(input, epsilon, dx);
      return new Pair<>(completed(), dx);
    }
  }
}
