package dev.larkspur.engine.dl4j;

import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sum of the residual stream and of two branches that both read it. */
public final class ParallelResidualSpec extends VertexSpec {
  private static final long serialVersionUID = 1L;

  @Override
  public GraphVertex clone() {
    return new ParallelResidualSpec();
  }

  @Override
  int inputs() {
    return 3;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    ParallelResidualVertex vertex = new ParallelResidualVertex(graph, name, index, type);
    vertex.attach(new Pass(Kernels.ofBackend(), type));
    return vertex;
  }

  @Override
  public String toString() {
    return "ParallelResidualSpec";
  }

  /** The vertex. */
  @SuppressWarnings("overrides") // DL4J's base class implements varargs by an array.
  static final class ParallelResidualVertex extends DecoderVertex {
    private static final long serialVersionUID = 1L;

    ParallelResidualVertex(ComputationGraph graph, String name, int index, DataType type) {
      super(graph, name, index, type);
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray sum = inputs[0].addi(inputs[1], kept().array("out", inputs[0].shape()));
      return sum.addi(inputs[2]);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
      // DL4J adds the network's gradient to the stream's epsilon in place, before attention reads
      // it, so the branches get a copy.
      INDArray branches = pass().scratch().array("residual.branches", epsilon.shape());
      branches.assign(epsilon);
      return new Pair<>(null, new INDArray[] {epsilon, branches, branches});
    }
  }
}
