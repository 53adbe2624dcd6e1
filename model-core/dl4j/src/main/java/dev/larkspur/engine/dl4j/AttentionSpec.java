package dev.larkspur.engine.dl4j;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.Positions;
import dev.larkspur.model.Positions.Scaling;
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

  /** Fraction of each head that is rotated. */
  public double rotaryFraction = 1;

  /** Factors of {@link Scaling.Llama3}, low and high frequency last; empty for none. */
  public double[] rotaryScaling = {};

  /** Context before the scaling. */
  public int originalContext;

  /** Sets the rotary embedding. */
  void take(Positions.Rotary rotary) {
    rotaryBase = rotary.base();
    rotaryFraction = rotary.fraction();
    if (rotary.scaling() instanceof Scaling.Llama3 scaling) {
      rotaryScaling =
          new double[] {
            scaling.factor(), scaling.lowFrequencyFactor(), scaling.highFrequencyFactor()
          };
      originalContext = scaling.originalContext();
    }
  }

  private Positions.Rotary rotary() {
    Scaling scaling =
        rotaryScaling.length == 0
            ? new Scaling.None()
            : new Scaling.Llama3(
                rotaryScaling[0], rotaryScaling[1], rotaryScaling[2], originalContext);
    return new Positions.Rotary(rotaryBase, rotaryFraction, scaling);
  }

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
    copy.rotaryFraction = rotaryFraction;
    copy.rotaryScaling = rotaryScaling.clone();
    copy.originalContext = originalContext;
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
    return "AttentionSpec %s, context %d, %s".formatted(config(), context, rotary());
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
              : shared.rotary(spec.context, config.headDim(), spec.rotary());
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
