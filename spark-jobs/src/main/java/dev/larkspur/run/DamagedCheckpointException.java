package dev.larkspur.run;

import dev.larkspur.safetensors.SafetensorsException;


/** A complete checkpoint has been damaged since it was written. */
public final class DamagedCheckpointException extends SafetensorsException {
  private static final long serialVersionUID = 1L;

  private final CheckpointName name;

  DamagedCheckpointException(CheckpointName name, String message) {
    super(message);
    this.name = name;
  }

  /** Which one. */
  public CheckpointName name() {
    return name;
  }
}
