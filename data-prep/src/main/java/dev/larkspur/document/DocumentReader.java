package dev.larkspur.document;

import java.io.Closeable;
import java.io.IOException;

/** The documents of one slice, in the order of the file. */
interface DocumentReader extends Closeable {
  /** The text of the next document, or null at the end; tells the tally what it leaves out. */
  String next(DocumentTally tally) throws IOException;
}
