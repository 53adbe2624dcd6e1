package dev.larkspur.collective.socket;

import java.io.Closeable;
import java.io.IOException;

/** Closes resources that are no longer needed. */
final class Closing {
  private Closing() {}

  /** Closes a resource unless it is null, and ignores failures, because it is no longer used. */
  static void quietly(Closeable resource) {
    if (resource == null) {
      return;
    }
    try {
      resource.close();
    } catch (IOException e) {
      // Either the peer has received everything, or it reports what is missing itself.
    }
  }
}
