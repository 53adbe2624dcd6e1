package dev.larkspur.engine.dl4j;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The residual stream, read after attention, which does not change it: a graph's flat vector has
 * the parameters in the order in which its vertices run.
 */
public final class StreamSpec extends VertexSpec {
  private static final long serialVersionUID = 1L;

  @Override
  public GraphVertex clone() {
    return new StreamSpec();
  }

  @Override
  int inputs() {
    return 2;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    StreamVertex vertex = new StreamVertex(graph, name, index, type);
    vertex.attach(new Pass(Kernels.ofBackend(), type));
    return vertex;
  }

  @Override
  public String toString() {
    return "StreamSpec";
  }

  /** The vertex. */
  @SuppressWarnings("overrides") // DL4J's base class implements varargs by an array.
  static final class StreamVertex extends DecoderVertex {
    private static final long serialVersionUID = 1L;

    StreamVertex(ComputationGraph graph, String name, int index, DataType type) {
      super(graph, name, index, type);
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      return inputs[0];
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
      INDArray none = pass().scratch().array("stream.zeros", epsilon.shape());
      return new Pair<>(null, new INDArray[] {epsilon, none.assign(0)});
    }
  }
}
