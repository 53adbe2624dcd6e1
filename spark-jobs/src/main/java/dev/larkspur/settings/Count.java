package dev.larkspur.settings;

import java.util.Locale;

/** Numbers of things, for people. */
public final class Count {
  private Count() {}

  /** Such as "1 worker" and "2,000 workers". */
  public static String of(long number, String singular) {
    return String.format(Locale.ROOT, "%,d %s%s", number, singular, number == 1 ? "" : "s");
  }
}
