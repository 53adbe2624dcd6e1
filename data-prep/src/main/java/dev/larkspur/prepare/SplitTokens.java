package dev.larkspur.prepare;

import dev.larkspur.corpus.Split;

import java.io.Serializable;

/**
 * Tokens of the documents of each split, ends of text included.
 *
 * @param train of the training split
 * @param validation of the validation split
 */
record SplitTokens(long train, long validation) implements Serializable {
  static final SplitTokens NONE = new SplitTokens(0, 0);

  long of(Split split) {
    return split == Split.TRAIN ? train : validation;
  }

  SplitTokens plus(Split split, long tokens) {
    return split == Split.TRAIN
        ? new SplitTokens(train + tokens, validation)
        : new SplitTokens(train, validation + tokens);
  }

  SplitTokens plus(SplitTokens other) {
    return new SplitTokens(train + other.train, validation + other.validation);
  }
}
