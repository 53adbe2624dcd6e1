package dev.larkspur.engine.dl4j;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The sum of the residual stream and a branch. DL4J's vertex would allocate the sum and two copies
 * of its gradient.
 */
public final class ResidualSpec extends VertexSpec {
  private static final long serialVersionUID = 1L;

  @Override
  public GraphVertex clone() {
    return new ResidualSpec();
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
    return new ResidualVertex(graph, name, index, type);
  }

  @Override
  public String toString() {
    return "ResidualSpec";
  }

  /** The vertex. */
  @SuppressWarnings("overrides") // DL4J's base class implements varargs by an array.
  static final class ResidualVertex extends DecoderVertex {
    private static final long serialVersionUID = 1L;

    ResidualVertex(ComputationGraph graph, String name, int index, DataType type) {
      super(graph, name, index, type);
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      return inputs[0].addi(inputs[1], kept().array("out", inputs[0].shape()));
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
      // Both inputs get the same array: the graph adds the branch's gradient to it in place, after
      // the branch has read it.
      return new Pair<>(null, new INDArray[] {epsilon, epsilon});
    }
  }
}
