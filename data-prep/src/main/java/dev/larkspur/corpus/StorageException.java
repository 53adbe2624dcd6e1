package dev.larkspur.corpus;

import java.io.IOException;

/** Storage has not handed out what was asked for; what the file holds is not known. */
final class StorageException extends IOException {
  private static final long serialVersionUID = 1L;

  StorageException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
