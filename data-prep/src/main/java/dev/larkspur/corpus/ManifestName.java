package dev.larkspur.corpus;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * File names of the manifests of a corpus: {@code manifest.json} for the first part, then {@code
 * manifest-000002.json} and so on.
 */
public final class ManifestName {
  static final String FIRST = "manifest.json";
  private static final Pattern LATER = Pattern.compile("manifest-(\\d{6,9})\\.json");

  private ManifestName() {}

  public static String of(int number) {
    return number == 1 ? FIRST : "manifest-" + PaddedNumber.of(number, 6) + ".json";
  }

  /** The number of a manifest; empty if the name is not that of one. */
  public static OptionalInt number(String name) {
    if (name.equals(FIRST)) {
      return OptionalInt.of(1);
    }
    Matcher matcher = LATER.matcher(name);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /** Numbers in file names: ASCII digits, whatever the locale. */
  static final class PaddedNumber {
    private PaddedNumber() {}

    static String of(int number, int digits) {
      String plain = Integer.toString(number);
      return "0".repeat(Math.max(0, digits - plain.length())) + plain;
    }
  }
}
