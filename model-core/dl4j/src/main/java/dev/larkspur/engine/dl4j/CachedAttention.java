package dev.larkspur.engine.dl4j;

import dev.larkspur.model.AttentionConfig;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** {@link Attention} for decoding token by token, without a backward pass. */
final class CachedAttention {
  private final AttentionConfig config;
  private final RotaryTable rotary;
  private final Pass pass;
  private final Attention beginning;

  /**
   * Creates attention of a shape.
   *
   * @param rotary angles, or null if queries and keys are not rotated
   */
  CachedAttention(AttentionConfig config, RotaryTable rotary, Pass pass) {
    this.config = config;
    this.rotary = rotary;
    this.pass = pass;
    this.beginning = new Attention(config, rotary, pass, pass.scratch());
  }

  /**
   * Computes the attention of prompts, and caches their keys and values.
   *
   * @param qkv [tokens, dim + 2 · kvDim], one sequence after the other; its queries and keys are
   *     rotated in place
   * @param lengths of the sequences
   * @param y receives [tokens, dim]
   */
  void begin(INDArray qkv, int[] lengths, KeyValueCache cache, INDArray y) {
    int from = 0;
    for (int sequence = 0; sequence < lengths.length; sequence++) {
      int length = lengths[sequence];
      beginning.forward(rows(qkv, from, length), length, rows(y, from, length));
      cache.write(sequence, 0, Matrix.of(qkv).rows(from, length));
      from += length;
    }
  }

  private static INDArray rows(INDArray matrix, long from, long count) {
    return matrix.get(NDArrayIndex.interval(from, from + count), NDArrayIndex.all());
  }

  /**
   * Computes the attention of the next token of each sequence, and caches its keys and values.
   *
   * @param qkv [sequences, dim + 2 · kvDim]; its queries and keys are rotated in place
   * @param positions of the tokens
   * @param y receives [sequences, dim]
   */
  void next(INDArray qkv, int[] positions, KeyValueCache cache, INDArray y) {
    Kernels kernels = pass.kernels();
    if (rotary != null) {
      kernels.rotate(qkv, config.queryHeads() + config.kvHeads(), positions, rotary, 1);
    }
    for (int sequence = 0; sequence < positions.length; sequence++) {
      cache.write(sequence, positions[sequence], Matrix.of(qkv).rows(sequence, 1));
    }
    Scores scores = scores(positions);
    double scale = 1 / Math.sqrt(config.headDim());
    for (int sequence = 0; sequence < positions.length; sequence++) {
      int length = positions[sequence] + 1;
      for (int kvHead = 0; kvHead < config.kvHeads(); kvHead++) {
        Matrix keys = cache.keys(sequence, kvHead, length);
        Matrix target = scores.of(sequence, kvHead, length);
        kernels.multiply(scale, heads(qkv, sequence, kvHead), keys.t(), 0, target);
      }
    }
    scores.softmax(positions, kernels);
    for (int sequence = 0; sequence < positions.length; sequence++) {
      int length = positions[sequence] + 1;
      for (int kvHead = 0; kvHead < config.kvHeads(); kvHead++) {
        Matrix values = cache.values(sequence, kvHead, length);
        Matrix shares = scores.of(sequence, kvHead, length);
        kernels.multiply(1, shares, values, 0, heads(y, sequence, kvHead));
      }
    }
  }

  /** The query heads that share a kv head, in one row: [group, headDim]. */
  private Matrix heads(INDArray rows, int sequence, int kvHead) {
    int headDim = config.headDim();
    int group = config.queryHeads() / config.kvHeads();
    long first = sequence * rows.size(1) + (long) kvHead * group * headDim;
    return Matrix.of(rows, first, group, headDim);
  }

  private Scores scores(int[] positions) {
    int longest = 0;
    for (int position : positions) {
      longest = Math.max(longest, position + 1);
    }
    long rows = (long) positions.length * config.queryHeads();
    INDArray memory = pass.scratch().array("decoding.scores", rows, longest);
    return new Scores(memory, config);
  }

  /**
   * Scores of the cached tokens for one query of each head.
   *
   * @param memory [sequences · queryHeads, longest]
   */
  private record Scores(INDArray memory, AttentionConfig config) {

    /** [group, length] */
    Matrix of(int sequence, int kvHead, int length) {
      int longest = Math.toIntExact(memory.size(1));
      int group = config.queryHeads() / config.kvHeads();
      long row = (long) sequence * config.queryHeads() + (long) kvHead * group;
      return new Matrix(memory, row * longest, group, length, longest, false);
    }

    void softmax(int[] positions, Kernels kernels) {
      kernels.maskUnread(memory, positions);
      Nd4j.exec(new SoftMax(memory, memory, -1));
    }
  }
}
