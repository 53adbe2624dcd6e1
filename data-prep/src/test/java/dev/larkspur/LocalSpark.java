package dev.larkspur;

import org.apache.spark.sql.SparkSession;

/** A real Spark inside this JVM, shared by the tests that do not need a particular one. */
public final class LocalSpark {
  private LocalSpark() {}

  /** The running session, else a new one of two cores. */
  public static SparkSession session() {
    return session("local[2]");
  }

  /** The running session if it has this master, else a new one. */
  public static SparkSession session(String master) {
    SparkSession running = builder(master).getOrCreate();
    if (running.sparkContext().master().equals(master)) {
      return running;
    }
    running.stop();
    return builder(master).getOrCreate();
  }

  private static SparkSession.Builder builder(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("tests")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1");
  }
}
