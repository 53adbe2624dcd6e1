package dev.larkspur.safetensors;

/**
 * A checkpoint file is not what it should be; the message names the file, what is wrong and what to
 * do.
 */
public class SafetensorsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SafetensorsException(String message) {
    super(message);
  }

  public SafetensorsException(String message, Throwable cause) {
    super(message, cause);
  }
}
