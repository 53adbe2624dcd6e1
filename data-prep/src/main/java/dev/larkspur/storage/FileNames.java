package dev.larkspur.storage;

import java.net.URI;
import java.nio.charset.Charset;
import java.util.Optional;

/**
 * Checks whether a JVM can open files by name. A JVM encodes file names in the charset of its
 * locale; in the locale C, the default of cron and containers, it lists files with names beyond
 * ASCII under names that do not exist.
 */
public final class FileNames {
  private static final String ENCODING = "sun.jnu.encoding";
  private static final String WIDE = "é日\uD83D\uDE00";

  private FileNames() {}

  /** The charset in which this JVM encodes file names. */
  public static String encoding() {
    return System.getProperty(ENCODING, "UTF-8");
  }

  /** Whether an encoding covers all characters. */
  public static boolean areEncodable(String encoding) {
    return Charset.isSupported(encoding) && Charset.forName(encoding).newEncoder().canEncode(WIDE);
  }

  /** Why this JVM cannot open a file; empty if it can encode the name. */
  public static Optional<String> problem(URI file) {
    return problem(file, encoding());
  }

  static Optional<String> problem(URI file, String encoding) {
    boolean local = file.getScheme() == null || file.getScheme().equals("file");
    if (!local || file.getPath() == null || isEncodable(file.getPath(), encoding)) {
      return Optional.empty();
    }
    return Optional.of(
        "%s cannot be opened by a Java that encodes file names as %s: start executors in a UTF-8 locale that their hosts have (spark.executorEnv.LC_ALL=C.UTF-8)."
            .formatted(file.getPath(), encoding));
  }

  private static boolean isEncodable(String name, String encoding) {
    return Charset.isSupported(encoding) && Charset.forName(encoding).newEncoder().canEncode(name);
  }
}
