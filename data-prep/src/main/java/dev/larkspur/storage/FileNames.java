package dev.larkspur.storage;

import java.nio.charset.Charset;

/**
 * Whether a JVM can name files. It encodes names as its locale says; in the locale C, which cron
 * and containers have, it lists files whose names are not ASCII under names that do not exist.
 */
public final class FileNames {
  private static final String ENCODING = "sun.jnu.encoding";
  private static final String WIDE = "é日\uD83D\uDE00";

  private FileNames() {}

  /** How this JVM encodes names. */
  public static String encoding() {
    return System.getProperty(ENCODING, "UTF-8");
  }

  /** Whether an encoding has all characters. */
  public static boolean areEncodable(String encoding) {
    return Charset.isSupported(encoding) && Charset.forName(encoding).newEncoder().canEncode(WIDE);
  }

  /** Whether an encoding has the characters of a name. */
  public static boolean isEncodable(String name, String encoding) {
    return Charset.isSupported(encoding) && Charset.forName(encoding).newEncoder().canEncode(name);
  }
}
