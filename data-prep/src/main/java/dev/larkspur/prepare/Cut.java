package dev.larkspur.prepare;

import java.io.Serializable;

/**
 * Which documents of a source go into a split: all of them {@code epochs} times, and once more
 * those whose draw, unsigned, is below a limit, and so many of those that are at it.
 *
 * @param epochs whole passes
 * @param limit of the draws of the last, incomplete pass
 * @param atLimit documents with the same text that are at the limit and taken
 */
record Cut(int epochs, long limit, long atLimit) implements Serializable {
  /** Everything, so many times. */
  static Cut whole(int epochs) {
    return new Cut(epochs, 0, 0);
  }

  /**
   * Whether a document is taken.
   *
   * @param equal documents with the same text, source and epoch before it
   */
  boolean takes(int epoch, long draw, long equal) {
    if (epoch != epochs) {
      return epoch < epochs;
    }
    int order = Long.compareUnsigned(draw, limit);
    return order < 0 || (order == 0 && equal < atLimit);
  }
}
