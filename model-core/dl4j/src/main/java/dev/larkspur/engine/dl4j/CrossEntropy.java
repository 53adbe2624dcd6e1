package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.LogitChunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Logits by the head's matrix, which may be a tied embedding, cross-entropy, and their gradients:
 * with p = softmax(h Wᵀ), the gradient of the logits is p − onehot(label). Logits are computed for
 * a chunk of tokens at a time, and their gradient overwrites them.
 */
final class CrossEntropy {
  /** Below this value, the logarithm of a 32-bit probability is inaccurate. */
  private static final double SMALL = 1e-30;

  private final Views views;
  private final String name;
  private final Pass pass;

  /** Uses the matrix [vocabulary, hidden] with a name. */
  CrossEntropy(Views views, String name, Pass pass) {
    this.views = views;
    this.name = name;
    this.pass = pass;
  }

  /** Summed negative log-likelihood of labels for states [tokens, hidden], in nats. */
  double loss(INDArray states, int[] labels) {
    double loss = 0;
    for (Chunk chunk : Chunk.of(states, labels, vocabulary())) {
      loss += difference(chunk).loss();
    }
    return loss;
  }

  /**
   * Computes the loss and the gradient of {@code weight} times the loss. The gradient of the matrix
   * is added or written, as the pass specifies; that of the states is written to {@code dStates}.
   */
  double lossAndGradient(INDArray states, int[] labels, double weight, INDArray dStates) {
    double loss = 0;
    double keep = pass.gradientBeta();
    for (Chunk chunk : Chunk.of(states, labels, vocabulary())) {
      Difference difference = difference(chunk);
      loss += difference.loss();
      Matrix slope = Matrix.of(difference.logits());
      Matrix gradient = Matrix.of(views.gradient(name));
      Kernels kernels = pass.kernels();
      kernels.multiply(weight, slope.t(), chunk.matrix(), keep, gradient);
      keep = 1;
      Matrix target = Matrix.of(dStates).rows(chunk.from, chunk.labels.length);
      kernels.multiply(weight, slope, matrix(), 0, target);
    }
    return loss;
  }

  /** Probabilities for states [tokens, hidden], in a new array [tokens, vocabulary]. */
  INDArray probabilities(INDArray states) {
    INDArray p = Nd4j.create(states.dataType(), new long[] {states.size(0), vocabulary()}, 'c');
    pass.kernels().multiply(1, Matrix.of(states), matrix().t(), 0, Matrix.of(p));
    Nd4j.exec(new SoftMax(p, p, -1));
    return p;
  }

  private Matrix matrix() {
    return Matrix.of(views.value(name));
  }

  private int vocabulary() {
    return matrix().rows();
  }

  /** Probabilities minus the one-hot labels, and the loss. */
  private Difference difference(Chunk chunk) {
    int[] labels = chunk.labels;
    INDArray p = pass.scratch().array("head.logits", labels.length, vocabulary());
    pass.kernels().multiply(1, chunk.matrix(), matrix().t(), 0, Matrix.of(p));
    Nd4j.exec(new SoftMax(p, p, -1));
    double[] picked = new double[labels.length];
    pass.kernels().subtractLabels(p, labels, picked);
    double loss = 0;
    for (int token = 0; token < labels.length; token++) {
      loss -= picked[token] < SMALL ? logProbability(p, chunk, token) : Math.log(picked[token]);
    }
    return new Difference(p, loss);
  }

  /**
   * log p of a label whose probability is too small for a float, computed from the most likely
   * token k: z_label − z_k + log p_k.
   */
  private double logProbability(INDArray p, Chunk chunk, int token) {
    INDArray row = p.getRow(token);
    long best = row.argMax().getLong(0);
    INDArray state = chunk.states.getRow(chunk.from + token);
    INDArray all = views.value(name);
    double difference =
        state.mul(all.getRow(chunk.labels[token]).sub(all.getRow(best))).sumNumber().doubleValue();
    return difference + Math.log(row.getDouble(best));
  }

  private record Difference(INDArray logits, double loss) {}

  /** A chunk of a pass's tokens, whose logits are in memory together. */
  private static final class Chunk {
    private final INDArray states;
    private final int from;
    private final int[] labels;

    Chunk(INDArray states, int from, int[] labels) {
      this.states = states;
      this.from = from;
      this.labels = labels;
    }

    static List<Chunk> of(INDArray states, int[] labels, int vocabulary) {
      List<Chunk> chunks = new ArrayList<>();
      int rows = Math.toIntExact(LogitChunk.rows(labels.length, vocabulary));
      for (int from = 0; from < labels.length; from += rows) {
        int to = Math.min(labels.length, from + rows);
        chunks.add(new Chunk(states, from, Arrays.copyOfRange(labels, from, to)));
      }
      return chunks;
    }

    Matrix matrix() {
      return Matrix.of(states).rows(from, labels.length);
    }
  }
}
