package dev.larkspur.engine.dl4j;

import dev.larkspur.model.AttentionConfig;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Causal grouped-query attention without its projections: one product for each head on its columns
 * of [tokens, dim + 2 · kvDim], which holds queries, keys and values side by side.
 */
final class Attention {
  private final AttentionConfig config;
  private final RotaryTable rotary;
  private final Pass pass;
  private final Scratch kept;
  private final double scale;

  /**
   * Creates attention of a shape.
   *
   * @param rotary angles, or null if queries and keys are not rotated
   */
  Attention(AttentionConfig config, RotaryTable rotary, Pass pass, Scratch kept) {
    this.config = config;
    this.rotary = rotary;
    this.pass = pass;
    this.kept = kept;
    this.scale = 1 / Math.sqrt(config.headDim());
  }

  /**
   * Computes the attention of sequences.
   *
   * @param qkv [sequences · length, dim + 2 · kvDim]; its queries and keys are rotated in place
   * @param length tokens of each sequence
   * @param y receives [sequences · length, dim]
   */
  void forward(INDArray qkv, int length, INDArray y) {
    rotate(qkv, length, 1);
    INDArray weights = weights(qkv, length);
    forEachHead(
        qkv,
        length,
        (head, rows, matrix) ->
            pass.kernels()
                .multiply(scale, rows.query(head), rows.key(head).t(), 0, matrix.of(weights)));
    pass.kernels().maskFuture(weights);
    INDArray flat = weights.reshape('c', weights.size(0) * length, length);
    Nd4j.exec(new SoftMax(flat, flat, -1));
    Heads out = new Heads(Matrix.of(y), config);
    forEachHead(
        qkv,
        length,
        (head, rows, matrix) ->
            pass.kernels()
                .multiply(1, matrix.of(weights), rows.value(head), 0, out.at(rows).query(head)));
  }

  /**
   * Computes the gradients of the last forward call; writes dqkv.
   *
   * @param qkv as the forward call left it
   */
  void backward(INDArray qkv, INDArray dy, int length, INDArray dqkv) {
    INDArray weights = weights(qkv, length);
    INDArray scoreGradients = pass.scratch().array("attention.score-gradients", weights.shape());
    Heads dOut = new Heads(Matrix.of(dy), config);
    Heads gradients = new Heads(Matrix.of(dqkv), config);
    Kernels kernels = pass.kernels();
    forEachHead(
        qkv,
        length,
        (head, rows, matrix) -> {
          Matrix dHead = dOut.at(rows).query(head);
          Matrix dValue = gradients.at(rows).value(head);
          kernels.multiply(1, matrix.of(weights).t(), dHead, beta(head), dValue);
          kernels.multiply(1, dHead, rows.value(head).t(), 0, matrix.of(scoreGradients));
        });
    softmaxGradient(weights, scoreGradients);
    forEachHead(
        qkv,
        length,
        (head, rows, matrix) -> {
          Heads d = gradients.at(rows);
          kernels.multiply(scale, matrix.of(scoreGradients), rows.key(head), 0, d.query(head));
          kernels.multiply(
              scale, matrix.of(scoreGradients).t(), rows.query(head), beta(head), d.key(head));
        });
    rotate(dqkv, length, -1);
  }

  /** ds = p (dp − Σ p dp), in place; 0 where p is masked. */
  private void softmaxGradient(INDArray p, INDArray dp) {
    INDArray product = pass.scratch().array("attention.product", p.shape());
    INDArray sum = pass.scratch().array("attention.sum", p.size(0), p.size(1), 1);
    dp.muli(p, product);
    product.sum(sum, 2);
    dp.subi(sum, dp);
    dp.muli(p);
  }

  /** 0 for the first query head of a kv head, 1 for the others, which add to its gradient. */
  private int beta(int head) {
    return head % (config.queryHeads() / config.kvHeads()) == 0 ? 0 : 1;
  }

  private INDArray weights(INDArray qkv, int length) {
    return kept.array("weights", qkv.size(0) / length * config.queryHeads(), length, length);
  }

  private void rotate(INDArray qkv, int length, int direction) {
    if (rotary == null) {
      return;
    }
    int[] positions = new int[Math.toIntExact(qkv.size(0))];
    for (int token = 0; token < positions.length; token++) {
      positions[token] = token % length;
    }
    int heads = config.queryHeads() + config.kvHeads();
    pass.kernels().rotate(qkv, heads, positions, rotary, direction);
  }

  private void forEachHead(INDArray qkv, int length, Work work) {
    Heads all = new Heads(Matrix.of(qkv), config);
    int sequences = Math.toIntExact(qkv.size(0) / length);
    for (int sequence = 0; sequence < sequences; sequence++) {
      Heads rows = all.rows(sequence * length, length);
      for (int head = 0; head < config.queryHeads(); head++) {
        work.on(head, rows, new ScoreMatrix(sequence * config.queryHeads() + head, length));
      }
    }
  }

  private interface Work {
    void on(int head, Heads rows, ScoreMatrix matrix);
  }

  /** One of several consecutive matrices [length, length]. */
  private record ScoreMatrix(int number, int length) {
    Matrix of(INDArray all) {
      return Matrix.of(all, (long) number * length * length, length, length);
    }
  }

  /** Columns of heads in rows of queries, keys and values, or of queries alone. */
  private record Heads(Matrix matrix, AttentionConfig config) {

    Heads rows(int from, int count) {
      return new Heads(matrix.rows(from, count), config);
    }

    /** The same rows in another matrix with at most as many columns. */
    Heads at(Heads other) {
      int from = Math.toIntExact(other.matrix.offset() / other.matrix.stride());
      return rows(from, other.matrix.rows());
    }

    Matrix query(int head) {
      return matrix.columns(head * config.headDim(), config.headDim());
    }

    Matrix key(int head) {
      return matrix.columns(config.dim() + kvColumn(head), config.headDim());
    }

    Matrix value(int head) {
      return matrix.columns(config.dim() + config.kvDim() + kvColumn(head), config.headDim());
    }

    private int kvColumn(int head) {
      return head / (config.queryHeads() / config.kvHeads()) * config.headDim();
    }
  }
}
