package dev.larkspur;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** A real Spark inside this JVM, shared by the tests that do not need a particular one. */
public final class LocalSpark {
  private LocalSpark() {}

  /** The running Spark, else a new one of two cores. */
  public static SparkContext context() {
    return context("local[2]");
  }

  /** The running Spark if it has this master, else a new one. */
  public static SparkContext context(String master) {
    SparkContext running = SparkContext.getOrCreate(conf(master));
    if (running.master().equals(master)) {
      return running;
    }
    running.stop();
    return SparkContext.getOrCreate(conf(master));
  }

  private static SparkConf conf(String master) {
    return new SparkConf()
        .setMaster(master)
        .setAppName("tests")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1");
  }
}
