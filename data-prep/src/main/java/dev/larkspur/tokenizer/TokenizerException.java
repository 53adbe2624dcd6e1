package dev.larkspur.tokenizer;

import dev.larkspur.storage.LarkspurException;


/** A tokenizer that is missing, broken, unsupported, or that cannot be learned as asked. */
public final class TokenizerException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  /** A failure without a caught cause. */
  public TokenizerException(String message) {
    super(message, null);
  }

  /** A failure that another one caused. */
  public TokenizerException(String message, Throwable cause) {
    super(message, cause);
  }
}
