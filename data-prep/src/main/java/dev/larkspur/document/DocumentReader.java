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
}
