package dev.larkspur.engine;

/**
 * The engine does not support a request on this machine; the message gives the reason and the
 * remedy.
 */
public class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EngineException(String message) {
    super(message);
  }

  public EngineException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * The engine's native libraries cannot be unpacked or loaded on this machine; the message gives
   * the reason and the remedy.
   */
  public static final class NativeLibraryException extends EngineException {
    private static final long serialVersionUID = 1L;

    public NativeLibraryException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
