package dev.larkspur.storage;

import java.io.IOException;
import org.apache.hadoop.fs.Path;

/** A file that cannot be written to its end; the message names it and says why. */
public final class UnwritableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  UnwritableFileException(Path file, Throwable cause) {
    super(file + " cannot be written: " + TaskFailures.rootMessage(cause), cause);
  }
}
