package dev.larkspur.tokenizer;

import dev.larkspur.storage.BadInputException;

/** A tokenizer that is missing, broken, unsupported, or that cannot be learned as asked. */
public final class TokenizerException extends BadInputException {
  private static final long serialVersionUID = 1L;

  /** A failure without a caught cause. */
  public TokenizerException(String message) {
    super(message);
  }

  /** A failure that another one caused. */
  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
