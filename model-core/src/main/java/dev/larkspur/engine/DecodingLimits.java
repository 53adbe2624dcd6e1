package dev.larkspur.engine;

import java.util.Arrays;
import java.util.List;

/**
 * The sizes of a {@link DecodingSession}, and the checks of its arguments.
 *
 * @param sequences maximum number of rows
 * @param length maximum number of tokens of a row, prompt included
 */
public record DecodingLimits(int sequences, int length) {

  /**
   * Checks the prompts of {@link DecodingSession#begin}.
   *
   * @throws IllegalArgumentException if there are none or too many, or one is empty or too long
   */
  public void requirePrompts(List<int[]> prompts) {
    if (prompts.isEmpty() || prompts.size() > sequences) {
      throw new IllegalArgumentException(
          "%d prompts: must be 1 to %d".formatted(prompts.size(), sequences));
    }
    for (int[] prompt : prompts) {
      if (prompt.length < 1 || prompt.length > length) {
        throw new IllegalArgumentException(
            "a prompt of %d tokens: must have 1 to %d".formatted(prompt.length, length));
      }
    }
  }

  /**
   * Checks the tokens of {@link DecodingSession#next}.
   *
   * @param lengths tokens read so far, by row
   * @throws IllegalArgumentException if there is not one token for each row, or a row is full
   */
  public void requireNext(int[] tokens, int[] lengths) {
    if (tokens.length != lengths.length || tokens.length == 0) {
      throw new IllegalArgumentException(
          "%d tokens for %d rows".formatted(tokens.length, lengths.length));
    }
    if (Arrays.stream(lengths).anyMatch(read -> read == length)) {
      throw new IllegalArgumentException(
          "a row already has %d tokens, the maximum".formatted(length));
    }
  }

  /**
   * Checks the rows of {@link DecodingSession#keep}.
   *
   * @param count number of rows now
   * @throws IllegalArgumentException if they do not ascend, are too many, or one does not exist
   */
  public void requireRows(int[] rows, int count) {
    if (rows.length > sequences) {
      throw new IllegalArgumentException(
          "%d rows: must be at most %d".formatted(rows.length, sequences));
    }
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] < (i == 0 ? 0 : rows[i - 1]) || rows[i] >= count) {
        throw new IllegalArgumentException(
            "%s are not ascending indices of %d rows".formatted(Arrays.toString(rows), count));
      }
    }
  }
}
