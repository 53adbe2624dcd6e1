package dev.larkspur.train.cluster;

import dev.larkspur.train.TrainingException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile$;

/**
 * How many tasks the cluster can run at the same time, by CPUs and GPUs of the executors that have
 * registered.
 */
final class TaskSlots {
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** Ten seconds: on a busy cluster executors start seconds apart. */
  private static final int UNCHANGED = 20;

  private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,.*");

  private TaskSlots() {}

  /**
   * Waits for executors until the cluster has the requested slots. If all slots are requested,
   * waits until the configured number of executors has registered, or a standalone cluster has no
   * more cores or, if neither is known, until no more executors register.
   *
   * @param longest maximum time to wait
   * @return the current slots, possibly too few
   */
  static int await(JavaSparkContext spark, OptionalInt requestedSlots, Duration longest) {
    SparkConf conf = spark.getConf();
    int slots = now(spark, conf);
    if (conf.get("spark.master").matches("local(\\[.*)?")) {
      return slots;
    }
    OptionalInt requested = requestedExecutors(conf);
    StandaloneCores cores =
        requestedSlots.isEmpty() && requested.isEmpty()
            ? StandaloneCores.of(conf, spark.sc().applicationId())
            : StandaloneCores.unknown();
    int cpusPerTask = conf.getInt("spark.task.cpus", 1);
    long deadline = System.nanoTime() + longest.toNanos();
    int unchanged = 0;
    while (System.nanoTime() < deadline
        && (requestedSlots.isPresent()
            ? slots < requestedSlots.getAsInt()
            : requested.isPresent()
                ? executors(spark) < requested.getAsInt()
                : slots == 0 || (unchanged < UNCHANGED && !cores.hasAll(slots * cpusPerTask)))) {
      pause();
      int before = slots;
      slots = now(spark, conf);
      unchanged = slots == before ? unchanged + 1 : 0;
    }
    return now(spark, conf);
  }

  /** Executors that Spark starts, if the settings fix their number. */
  static OptionalInt requestedExecutors(SparkConf conf) {
    Matcher localCluster = LOCAL_CLUSTER.matcher(conf.get("spark.master"));
    if (localCluster.matches()) {
      return OptionalInt.of(Integer.parseInt(localCluster.group(1)));
    }
    boolean fixed =
        conf.contains("spark.executor.instances")
            && !conf.getBoolean("spark.dynamicAllocation.enabled", false);
    return fixed ? OptionalInt.of(conf.getInt("spark.executor.instances", 0)) : OptionalInt.empty();
  }

  private static int executors(JavaSparkContext spark) {
    // The driver is listed among them.
    return spark.sc().statusTracker().getExecutorInfos().length - 1;
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TrainingException("interrupted while waiting for executors", e);
    }
  }

  private static int now(JavaSparkContext spark, SparkConf conf) {
    return spark
        .sc()
        .maxNumConcurrentTasks(ResourceProfile$.MODULE$.getOrCreateDefaultProfile(conf));
  }
}
