package dev.larkspur.collective.socket;

import java.io.Closeable;
import java.io.IOException;

/** Ends what nobody needs any more. */
final class Closing {
  private Closing() {}

  /** Closes, unless null; where that fails, nothing is lost that anybody could still want. */
  static void quietly(Closeable resource) {
    if (resource == null) {
      return;
    }
    try {
      resource.close();
    } catch (IOException e) {
      // What was sent has been received, or its receiver knows better what is missing.
    }
  }
}
