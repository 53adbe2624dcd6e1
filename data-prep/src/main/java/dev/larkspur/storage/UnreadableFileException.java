package dev.larkspur.storage;

import java.io.IOException;

/** Storage has not handed out what was asked for; what the file holds is not known. */
public final class UnreadableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnreadableFileException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
