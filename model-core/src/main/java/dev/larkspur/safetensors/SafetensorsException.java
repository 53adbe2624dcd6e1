package dev.larkspur.safetensors;

/**
 * A safetensors file is damaged or does not match; the message names the file, the problem and the
 * remedy.
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
