package dev.larkspur.cli;

/** Chooses the logging of a JVM that was not started by spark-submit. */
final class Logging {
  private static final String CHOSEN_BY = "log4j2.configurationFile";
  private static final String QUIET = "classpath:larkspur-log4j2.properties";

  private Logging() {}

  /** Has an effect only before the first logger is made. */
  static void configure() {
    if (System.getProperty(CHOSEN_BY) == null) {
      System.setProperty(CHOSEN_BY, QUIET);
    }
  }
}
