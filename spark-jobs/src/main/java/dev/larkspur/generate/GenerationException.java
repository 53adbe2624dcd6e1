package dev.larkspur.generate;

/** Text cannot be generated as asked; the message says why and what to change. */
public final class GenerationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public GenerationException(String message) {
    super(message);
  }
}
