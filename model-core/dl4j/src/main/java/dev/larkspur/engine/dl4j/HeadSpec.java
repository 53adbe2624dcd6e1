package dev.larkspur.engine.dl4j;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * The language-model head and its loss. DL4J has no tied weights, and a layer does not know its
 * graph, but the configuration of a vertex does. So this configuration creates the vertex of an
 * output layer that may read the parameters of another layer.
 */
public final class HeadSpec extends VertexSpec {
  private static final long serialVersionUID = 1L;

  static final String MATRIX = "weight";

  /** The layer that the matrix is tied to; null if the head has its own matrix. */
  public String tiedTo;

  /** Shape of the head's own matrix, [vocabulary, hidden]; empty if tied. */
  public long[] shape = {};

  /** Updater of the head's own matrix in DL4J's {@code fit}. */
  public IUpdater updater;

  /** Offset of the head's own matrix in the flat vector. */
  public long offset;

  /** Decoupled decay of the head's own matrix in DL4J's {@code fit}. */
  public double weightDecay;

  @Override
  public GraphVertex clone() {
    HeadSpec copy = new HeadSpec();
    copy.weightDecay = weightDecay;
    copy.tiedTo = tiedTo;
    copy.shape = shape.clone();
    copy.offset = offset;
    copy.updater = updater;
    return copy;
  }

  @Override
  public long numParams(boolean backprop) {
    return tiedTo == null ? shape[0] * shape[1] : 0;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    HeadParameters own = new HeadParameters();
    own.setLayerName(name);
    if (tiedTo == null) {
      own.names = new String[] {MATRIX};
      own.shapes = new long[][] {shape};
      own.offset = offset;
      own.weightDecay = weightDecay;
      own.setIUpdater(updater);
    }
    NeuralNetConfiguration conf = new NeuralNetConfiguration();
    conf.setLayer(own);
    HeadLayer layer = (HeadLayer) own.instantiate(conf, null, index, parameters, initialize, type);
    if (tiedTo != null) {
      layer.tieTo(graph, tiedTo);
    }
    return new LayerVertex(graph, name, index, layer, null, true, type);
  }

  @Override
  public String toString() {
    return "HeadSpec %s%s at %d, %s".formatted(tiedTo, Arrays.toString(shape), offset, updater);
  }

  /** The head's own parameters: its matrix, or none. */
  static final class HeadParameters extends LayerSpec {
    private static final long serialVersionUID = 1L;

    @Override
    DecoderLayer<?> layer(NeuralNetConfiguration conf, DataType type) {
      return new HeadLayer(conf, type);
    }
  }
}
