package dev.larkspur.engine.dl4j;

import dev.larkspur.model.AttentionConfig;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Causal attention of [tokens, dim + 2 · kvDim] to [tokens, dim]. */
public final class AttentionSpec extends VertexSpec {
  private static final long serialVersionUID = 1L;

  /** Total width of all query heads. */
  public int dim;

  /** Number of query heads. */
  public int queryHeads;

  /** Number of kv heads. */
  public int kvHeads;

  /** Tokens of the longest sequence. */
  public int context;

  /** Base of the rotary embedding; 0 for none. */
  public double rotaryBase;

  private AttentionConfig config() {
    return new AttentionConfig(dim, queryHeads, kvHeads);
  }

  @Override
  public GraphVertex clone() {
    AttentionSpec copy = new AttentionSpec();
    copy.dim = dim;
    copy.queryHeads = queryHeads;
    copy.kvHeads = kvHeads;
    copy.context = context;
    copy.rotaryBase = rotaryBase;
    return copy;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    AttentionVertex vertex = new AttentionVertex(this, graph, name, index, type);
    vertex.attach(new Pass(Kernels.ofBackend(), type));
    return vertex;
  }

  @Override
  public String toString() {
    return "AttentionSpec %s, context %d, base %s".formatted(config(), context, rotaryBase);
  }

  /** The vertex. */
  @SuppressWarnings("overrides") // DL4J's base class implements varargs by an array.
  static final class AttentionVertex extends DecoderVertex {
    private static final long serialVersionUID = 1L;
    private final transient AttentionSpec spec;
    private transient Attention attention;

    AttentionVertex(
        AttentionSpec spec, ComputationGraph graph, String name, int index, DataType type) {
      super(graph, name, index, type);
      this.spec = spec;
    }

    @Override
    void attach(Pass shared) {
      super.attach(shared);
      AttentionConfig config = spec.config();
      RotaryTable rotary =
          spec.rotaryBase == 0
              ? null
              : shared.rotary(spec.context, config.headDim(), spec.rotaryBase);
      attention = new Attention(config, rotary, shared, kept());
    }

    /** Reads the sequence length from the graph's input; other activations do not have it. */
    private int length() {
      return Math.toIntExact(graph.getInput(0).size(1));
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray out = kept().array("out", inputs[0].size(0), spec.dim);
      attention.forward(inputs[0], length(), out);
      return out;
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
      INDArray gradient = pass().scratch().array("attention.gradient", inputs[0].shape());
      attention.backward(inputs[0], epsilon, length(), gradient);
      return new Pair<>(null, new INDArray[] {gradient});
    }
  }
}
