package dev.larkspur.engine;

/** The engine cannot do what was asked on this machine; the message says why and what to change. */
public class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public EngineException(String message) {
    super(message);
  }

  public EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
