package dev.larkspur.engine.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Embedding of token ids [sequences, length] in vectors [sequences · length, hidden]. */
public final class EmbeddingSpec extends LayerSpec {
  private static final long serialVersionUID = 1L;

  static final String TOKENS = "weight";
  static final String POSITIONS = "positions.weight";

  /** Whether the head shares the matrix, and writes its gradient before the embedding does. */
  public boolean tied;

  @Override
  public String toString() {
    return super.toString() + (tied ? " tied" : "");
  }

  @Override
  DecoderLayer<?> layer(NeuralNetConfiguration conf, DataType type) {
    return new EmbeddingLayer(conf, type);
  }

  /** Looks up tokens, and adds learned positions if the model has them. */
  static final class EmbeddingLayer extends DecoderLayer<EmbeddingSpec> {
    private static final long serialVersionUID = 1L;

    EmbeddingLayer(NeuralNetConfiguration conf, DataType type) {
      super(conf, type);
    }

    @Override
    void build() {
      // The layer needs only kernels.
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray tokens = value(TOKENS);
      INDArray out = kept().array("out", input.length(), tokens.size(1));
      pass().kernels().gather(tokens, TokenIds.of(input), out);
      if (has(POSITIONS)) {
        INDArray bySequence = bySequence(out);
        bySequence.addi(positions(value(POSITIONS)), bySequence);
      }
      return out;
    }

    /** [sequences, length, hidden] */
    private INDArray bySequence(INDArray rows) {
      return rows.reshape('c', input.size(0), input.size(1), rows.size(1));
    }

    /** [1, length, hidden] */
    private INDArray positions(INDArray all) {
      return all.get(NDArrayIndex.interval(0, input.size(1)), NDArrayIndex.all())
          .reshape('c', 1, input.size(1), all.size(1));
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray epsilon, LayerWorkspaceMgr workspaces) {
      INDArray tokens = gradient(TOKENS);
      if (!layerConf().tied && pass().gradientBeta() == 0) {
        tokens.assign(0);
      }
      pass().kernels().scatterAdd(epsilon, TokenIds.of(input), tokens);
      if (has(POSITIONS)) {
        INDArray all = gradient(POSITIONS);
        if (pass().gradientBeta() == 0) {
          all.assign(0);
        }
        INDArray sum = pass().scratch().array("embedding.positions", 1, input.size(1), all.size(1));
        bySequence(epsilon).sum(sum, true, 0);
        INDArray used = positions(all);
        used.addi(sum, used);
      }
      return new Pair<>(completed(), null);
    }
  }
}
