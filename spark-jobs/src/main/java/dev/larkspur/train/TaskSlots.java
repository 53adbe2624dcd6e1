package dev.larkspur.train;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile$;

/**
 * How many tasks the cluster can run at the same time, by CPUs and GPUs of the executors that have
 * registered.
 */
final class TaskSlots {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final int UNCHANGED = 6;

  private TaskSlots() {}

  /**
   * Waits a while for executors: until there are as many slots as are wanted or, if all are, until
   * no more come.
   *
   * @return the slots there are now, possibly too few
   */
  static int await(JavaSparkContext spark, OptionalInt wanted) {
    SparkConf conf = spark.getConf();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int slots = now(spark, conf);
    int unchanged = 0;
    while (!conf.get("spark.master").startsWith("local[")
        && !conf.get("spark.master").equals("local")
        && (wanted.isPresent() ? slots < wanted.getAsInt() : slots == 0 || unchanged < UNCHANGED)
        && System.nanoTime() < deadline) {
      try {
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TrainingException("interrupted while waiting for executors", e);
      }
      int before = slots;
      slots = now(spark, conf);
      unchanged = slots == before ? unchanged + 1 : 0;
    }
    return slots;
  }

  private static int now(JavaSparkContext spark, SparkConf conf) {
    return spark
        .sc()
        .maxNumConcurrentTasks(ResourceProfile$.MODULE$.getOrCreateDefaultProfile(conf));
  }
}
