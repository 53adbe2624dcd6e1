package dev.larkspur.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of a library on the class path, as Maven has written it into the jar. */
public final class LibraryVersion {
  private LibraryVersion() {}

  /**
   * The version of an artifact, or "unknown" if its jar does not say.
   *
   * @param user class whose class loader has the library
   */
  public static String of(Class<?> user, String group, String artifact) {
    Properties pom = new Properties();
    try (InputStream in =
        user.getResourceAsStream(
            "/META-INF/maven/%s/%s/pom.properties".formatted(group, artifact))) {
      if (in != null) {
        pom.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pom.getProperty("version", "unknown");
  }
}
