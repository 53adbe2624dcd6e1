package dev.larkspur.engine.dl4j;

import dev.larkspur.model.AttentionConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One layer's keys and values of the tokens read so far. */
final class KeyValueCache implements AutoCloseable {
  private final AttentionConfig config;
  private final int maxLength;
  private final Kernels kernels;

  /** [sequences · maxLength, 2 · kvDim]: keys and values of all heads side by side. */
  private final INDArray memory;

  KeyValueCache(
      AttentionConfig config, int sequences, int maxLength, DataType type, Kernels kernels) {
    this.config = config;
    this.maxLength = maxLength;
    this.kernels = kernels;
    this.memory =
        Nd4j.create(type, new long[] {(long) sequences * maxLength, 2L * config.kvDim()}, 'c');
  }

  /**
   * Stores further tokens of a sequence.
   *
   * @param position of the first of these tokens
   * @param qkv their queries, keys and values, [tokens, dim + 2 · kvDim]
   */
  void write(int sequence, int position, Matrix qkv) {
    Matrix keysAndValues = qkv.columns(config.dim(), 2 * config.kvDim());
    kernels.copy(keysAndValues, rows(sequence, position, qkv.rows()));
  }

  /** Keys of the first tokens of a sequence: [length, headDim]. */
  Matrix keys(int sequence, int kvHead, int length) {
    return rows(sequence, 0, length).columns(kvHead * config.headDim(), config.headDim());
  }

  /** Values of the first tokens of a sequence: [length, headDim]. */
  Matrix values(int sequence, int kvHead, int length) {
    int column = config.kvDim() + kvHead * config.headDim();
    return rows(sequence, 0, length).columns(column, config.headDim());
  }

  /** Copies a sequence of {@code length} tokens to another index, and overwrites that one. */
  void copy(int from, int to, int length) {
    kernels.copy(rows(from, 0, length), rows(to, 0, length));
  }

  private Matrix rows(int sequence, int position, int count) {
    return Matrix.of(memory).rows(sequence * maxLength + position, count);
  }

  @Override
  public void close() {
    memory.close();
  }
}
