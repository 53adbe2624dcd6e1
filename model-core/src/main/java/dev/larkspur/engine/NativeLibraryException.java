package dev.larkspur.engine;

/**
 * The engine's native libraries cannot be unpacked or loaded on this machine; the message gives the
 * reason and the remedy.
 */
public final class NativeLibraryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NativeLibraryException(String message, Throwable cause) {
    super(message, cause);
  }
}
