package dev.larkspur.engine.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A projection of the attention, from [tokens, in] to [tokens, out]. */
public final class ProjectionSpec extends LayerSpec {
  private static final long serialVersionUID = 1L;

  @Override
  DecoderLayer<?> layer(NeuralNetConfiguration conf, DataType type) {
    return new ProjectionLayer(conf, type);
  }

  /** The layer. */
  static final class ProjectionLayer extends DecoderLayer<ProjectionSpec> {
    private static final long serialVersionUID = 1L;
    private transient Projection projection;

    ProjectionLayer(NeuralNetConfiguration conf, DataType type) {
      super(conf, type);
    }

    @Override
    void build() {
      projection = new Projection(this, "", pass(), kept());
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray out = kept().array("out", input.size(0), projection.out());
      projection.forward(input, out);
      return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaces) {
      INDArray dx = pass().scratch().array("projection.gradient", input.shape());
      projection.backward(input, epsilon, 0, dx);
      return new Pair<>(completed(), dx);
    }
  }
}
