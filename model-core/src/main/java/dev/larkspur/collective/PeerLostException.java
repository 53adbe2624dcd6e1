package dev.larkspur.collective;

/**
 * Another member of the group has left or cannot be reached. Seldom the cause of a failure: that is
 * what made it leave.
 */
public final class PeerLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PeerLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
