package dev.larkspur.launch;

/** Chooses the logging of a JVM that was not started by spark-submit. */
public final class Logging {
  private static final String CHOSEN_BY = "log4j2.configurationFile";
  private static final String QUIET = "classpath:larkspur-log4j2.properties";

  private Logging() {}

  /** Has an effect only before the first logger is created. */
  public static void configure() {
    if (System.getProperty(CHOSEN_BY) == null) {
      System.setProperty(CHOSEN_BY, QUIET);
    }
  }
}
