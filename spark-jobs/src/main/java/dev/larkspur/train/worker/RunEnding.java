package dev.larkspur.train.worker;

/** How a training left its last step. */
public enum RunEnding {
  /** It has done all its steps. */
  COMPLETED,
  /** Somebody has asked it to stop; it has written a checkpoint. */
  STOPPED,
  /** A worker's process is being taken away; a checkpoint was written, the others may go on. */
  EVICTED
}
