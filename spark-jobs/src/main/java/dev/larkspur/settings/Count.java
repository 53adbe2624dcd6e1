package dev.larkspur.settings;

import java.util.Locale;

/** Formats counts for messages. */
public final class Count {
  private Count() {}

  /** For example "1 worker" and "2,000 workers". */
  public static String of(long number, String singular) {
    return String.format(Locale.ROOT, "%,d %s%s", number, singular, number == 1 ? "" : "s");
  }
}
