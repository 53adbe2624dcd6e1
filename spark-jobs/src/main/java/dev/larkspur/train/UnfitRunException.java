package dev.larkspur.train;


/**
 * The run directory, the settings and the cluster do not fit each other: the same command will fail
 * again.
 */
public final class UnfitRunException extends TrainingException {
  private static final long serialVersionUID = 1L;

  public UnfitRunException(String message) {
    super(message);
  }
}
