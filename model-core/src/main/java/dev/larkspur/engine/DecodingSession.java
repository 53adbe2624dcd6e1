package dev.larkspur.engine;

import java.util.List;

/**
 * Decodes a batch of sequences token by token, with a key-value cache, so that the next token costs
 * one pass of that token through the layers. Memory is allocated when the session is created. The
 * session uses the replica's parameters as they were then, and must be closed before the replica.
 * Not thread-safe.
 */
public interface DecodingSession extends AutoCloseable {

  /** Number of sequences in the batch. */
  int rows();

  /** Number of tokens of a row, including its prompt. */
  int length(int row);

  /**
   * Starts over with prompts, which may have different lengths.
   *
   * @param prompts token ids of each row, at least one; at most as many rows as the session was
   *     created for
   * @return scores of every token as the next one, [rows][vocabulary]
   * @throws IllegalArgumentException if there is no prompt or too many, or one is empty or too long
   */
  float[][] begin(List<int[]> prompts);

  /**
   * Reads the next token of each row, at the row's own position.
   *
   * @param tokens [rows]
   * @return scores of every token as the next one, [rows][vocabulary]
   * @throws IllegalArgumentException if a row already has the maximum length
   */
  float[][] next(int[] tokens);

  /**
   * Drops all other rows; the remaining rows keep their order and are renumbered. A row that is
   * named several times becomes as many rows, which continue the same text in different ways.
   *
   * @param rows in ascending order; at most as many as the session was created for
   * @throws IllegalArgumentException if they do not ascend, are too many, or one does not exist
   */
  void keep(int[] rows);

  @Override
  void close();

  /**
   * Whether the factors of a structured matrix are merged into one dense matrix before decoding
   * (the paper's pre-merge), which takes one product instead of two.
   */
  public enum FactorMerge {
    /** The merged matrix below the measured crossover of tokens in flight, the factors above. */
    AUTO,
    /** Always the merged matrix. */
    ALWAYS,
    /** Always the factors. */
    NEVER
  }
}
