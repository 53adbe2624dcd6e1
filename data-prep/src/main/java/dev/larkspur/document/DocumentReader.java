package dev.larkspur.document;

import dev.larkspur.document.Document.DocumentPlace;
import java.io.Closeable;
import java.io.IOException;

/** Reads the documents of a slice, in the order of the file. */
interface DocumentReader extends Closeable {
  /** The next document, or null at the end; skipped records are counted in the tally. */
  Document next(DocumentTally tally) throws IOException;

  /** Position of the current record, as in {@link DocumentPlace#position}. */
  long position();

  /**
   * Skips the damage after a failure of {@link #next}, if the format allows it.
   *
   * @return whether there may be more documents
   */
  default boolean skipDamage() throws IOException {
    return false;
  }

  /** A record cannot be read, but reading can continue after it. The message gives the reason. */
  static final class BrokenRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    private final SkipReason reason;

    BrokenRecordException(String message) {
      this(SkipReason.BROKEN_RECORD, message);
    }

    BrokenRecordException(SkipReason reason, String message) {
      super(message);
      this.reason = reason;
    }

    SkipReason reason() {
      return reason;
    }
  }
}
