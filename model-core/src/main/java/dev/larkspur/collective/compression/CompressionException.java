package dev.larkspur.collective.compression;

/** A compressed exchange is not possible, or a worker has received a corrupt message. */
public final class CompressionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CompressionException(String message) {
    super(message);
  }
}
