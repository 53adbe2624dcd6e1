package dev.larkspur.engine;

import java.util.List;

/**
 * Sequences that are continued side by side, token by token. Keys and values of the tokens that
 * were read are remembered, so that a further token costs one pass through the layers for itself
 * alone. Its memory is taken when it is made. It reads the replica's parameters as they were then,
 * and must be closed before the replica. Used by one thread.
 */
public interface DecodingSession extends AutoCloseable {

  /** Sequences that are being continued. */
  int rows();

  /** Tokens of a row that were read, its prompt included. */
  int length(int row);

  /**
   * Begins anew with prompts, which may be of different lengths.
   *
   * @param prompts token ids of each row: at least one, and at most as many as there is room for
   * @return scores of every token as the next one, [rows][vocabulary]
   * @throws IllegalArgumentException if there is no prompt or too many, or one is empty or too long
   */
  float[][] begin(List<int[]> prompts);

  /**
   * Reads one token more in each row, at the row's own position.
   *
   * @param tokens [rows]
   * @return scores of every token as the next one, [rows][vocabulary]
   * @throws IllegalArgumentException if a row has no room for it
   */
  float[][] next(int[] tokens);

  /**
   * Gives up all other rows; those that stay keep their order and are numbered anew.
   *
   * @param rows in ascending order
   */
  void keep(int[] rows);

  @Override
  void close();

  /**
   * Whether the factors of a structured matrix are multiplied back into one dense matrix before
   * decoding (the paper's pre-merge), which then costs one product instead of two.
   */
  public enum FactorMerge {
    /**
     * The dense product where fewer tokens are in flight than the measured crossover, the factors
     * where more are.
     */
    AUTO,
    /** Always the dense product. */
    ALWAYS,
    /** Always the factors. */
    NEVER
  }
}
