package dev.larkspur.generate;

import dev.larkspur.storage.LarkspurException;

/** Prompts cannot be continued; the message names them and says why. */
public final class PromptException extends LarkspurException {
  private static final long serialVersionUID = 1L;

  PromptException(String message) {
    super(message, null, FAILURE);
  }
}
