package dev.larkspur.engine.dl4j;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Configuration of a vertex of the decoder, which DL4J serialises as JSON. */
public abstract class VertexSpec extends GraphVertex {
  private static final long serialVersionUID = 1L;

  /** Number of inputs. */
  int inputs() {
    return 1;
  }

  @Override
  public int minVertexInputs() {
    return inputs();
  }

  @Override
  public int maxVertexInputs() {
    return inputs();
  }

  @Override
  public long numParams(boolean backprop) {
    return 0;
  }

  @Override
  public InputType getOutputType(int index, InputType... inputs) {
    return inputs[0];
  }

  @Override
  public MemoryReport getMemoryReport(InputType... inputs) {
    return null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VertexSpec && other.toString().equals(toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  /** A vertex without parameters. */
  @SuppressWarnings("overrides") // DL4J's base class implements varargs by an array.
  abstract static class DecoderVertex extends BaseGraphVertex {
    private static final long serialVersionUID = 1L;
    private final transient Scratch kept;
    private transient Pass pass;

    DecoderVertex(ComputationGraph graph, String name, int index, DataType type) {
      super(graph, name, index, null, null, type);
      this.kept = new Scratch(type);
    }

    /** Attaches the vertex to the passes of a graph. */
    void attach(Pass shared) {
      pass = shared;
    }

    final Pass pass() {
      return pass;
    }

    /** Memory for values that the forward pass saves for the backward pass. */
    final Scratch kept() {
      return kept;
    }

    /** Frees the vertex's memory. */
    final void release() {
      kept.close();
      if (pass != null) {
        pass.close();
      }
    }

    @Override
    public boolean hasLayer() {
      return false;
    }

    @Override
    public Layer getLayer() {
      return null;
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray gradients) {
      // A vertex has no parameters.
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(
        INDArray[] masks, MaskState state, int batch) {
      return null;
    }

    @Override
    public String toString() {
      return vertexName;
    }
  }
}
