package dev.larkspur.train.cluster;

/** The cluster has too few free task slots, for now at least. */
public final class SlotsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SlotsException(String message) {
    super(message);
  }
}
