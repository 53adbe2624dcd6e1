package dev.larkspur.generate;

/** Prompts cannot be continued; the message names them and says why. */
public final class PromptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PromptException(String message) {
    super(message);
  }
}
