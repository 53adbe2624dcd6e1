package dev.larkspur.document;

import dev.larkspur.document.Document.DocumentPlace;
import java.io.Closeable;
import java.io.IOException;

/** The documents of one slice, in the order of the file. */
interface DocumentReader extends Closeable {
  /** The next document, or null at the end; tells the tally what it leaves out. */
  Document next(DocumentTally tally) throws IOException;

  /** Position of the record that is being read, as {@link DocumentPlace#position}. */
  long position();

  /**
   * After a failure of {@link #next}: goes past the damage, if the form of the file allows it.
   *
   * @return whether there may be more documents
   */
  default boolean passDamage() throws IOException {
    return false;
  }
}
