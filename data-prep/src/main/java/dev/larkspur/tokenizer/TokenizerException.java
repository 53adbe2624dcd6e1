package dev.larkspur.tokenizer;

import dev.larkspur.storage.BadInputException;

/** A tokenizer is missing, invalid, unsupported, or cannot be learned with the settings. */
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
