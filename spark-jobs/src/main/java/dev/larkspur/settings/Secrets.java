package dev.larkspur.settings;

import java.util.regex.Pattern;

/** Properties of Spark and Hadoop that must not be written down. */
final class Secrets {
  /** What opens a store, as the file systems of Amazon, Azure and Google name it. */
  private static final Pattern STORE =
      Pattern.compile(
          "spark\\.hadoop\\.fs\\..*"
              + "(access\\.key|secret\\.key|session\\.(key|token)|encryption[.-]key|password"
              + "|azure\\.account\\.key\\b.*|azure\\.sas\\..*|client\\.secret.*|refresh\\.token.*"
              + "|private\\.key(\\.id)?)");

  private static final String WORDS =
      "secret|passw|passphrase|[.]pass\\b|token|credentials?\\b(?![.]provider)"
          + "|(access|account|api|encryption|private|session|signing)[.-]?key";

  /**
   * What Spark ({@code spark.redaction.regex}) and Hadoop ({@code
   * hadoop.security.sensitive-config-keys}) hide by default, and more words for the same. Not the
   * names of credential providers: those tell where to look.
   */
  private static final Pattern NAME =
      Pattern.compile(
          "(?i)"
              + WORDS
              + "|fs[.]s3a[.]encryption[.]algorithm|fs[.]azure[.](sas|oauth2|account[.]oauth2)"
              + "|fs[.]adl[.]oauth2|fs[.]gs[.](encryption|proxy|auth)[.]|sensitive-config-keys");

  /** Options of a JVM, and addresses with a password in them. */
  private static final Pattern VALUE =
      Pattern.compile("(?i)(" + WORDS + ")[^\\s=]*=|://[^/\\s]*:[^/\\s]*@");

  private Secrets() {}

  /** Whether a property is no setting at all, but the key to a store. */
  static boolean opensStore(String name) {
    return STORE.matcher(name).matches();
  }

  /** Whether a property may hold a secret. */
  static boolean mayBe(String name, String value) {
    return NAME.matcher(name).find() || VALUE.matcher(value).find();
  }
}
