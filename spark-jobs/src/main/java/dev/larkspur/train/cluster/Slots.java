package dev.larkspur.train.cluster;

import dev.larkspur.engine.Engines;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.settings.TrainingSettings.Compute;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.LarkspurException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * How the cluster is divided among the workers.
 *
 * @param workers tasks of the barrier stage, or replicas in the driver
 * @param threads threads of each worker on a CPU
 */
public record Slots(int workers, int threads) {

  /**
   * Refuses dynamic allocation, with a clearer message than Spark's.
   *
   * @throws BadInputException if dynamic allocation is enabled
   */
  public static void requireFixedAllocation(JavaSparkContext spark) {
    if (spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      throw new BadInputException(
          "spark.dynamicAllocation.enabled = true, but all workers must run at the same time: set"
              + " it to false, and spark.executor.instances to the number of executors");
    }
  }

  /**
   * Takes the requested number of workers or, with {@code auto}, the largest number that the
   * cluster has slots for and that divides the global batch. A strategy that trains in the driver
   * needs no slots.
   *
   * @throws SlotsException if the cluster has too few slots
   */
  public static Slots of(JavaSparkContext spark, TrainingSettings training) {
    if (training.strategy().runsInDriver()) {
      return inDriver(training);
    }
    SparkConf conf = spark.getConf();
    int cpusPerTask = conf.getInt("spark.task.cpus", 1);
    int slots =
        TaskSlots.await(spark, training.workers(), training.tolerance().recovery().slotsWait());
    int workers =
        training
            .workers()
            .orElseGet(
                () -> mostWorkers(concurrentTasks(conf, slots, training.compute()), training));
    if (workers > slots) {
      throw new SlotsException(tooFew(conf, training, slots, cpusPerTask));
    }
    int threads = areEmbedded(conf) ? shareOfCores(workers) : cpusPerTask;
    return new Slots(workers, training.compute().threadsPerWorker().orElse(threads));
  }

  /** Whether tasks run in the driver's process, on the slots of {@code local[N]}. */
  public static boolean areEmbedded(SparkConf conf) {
    return conf.get("spark.master").matches("local(\\[.*])?");
  }

  /** Tasks that compute at the same time, each on a device of its own. */
  public static int concurrentTasks(JavaSparkContext spark, Compute compute) {
    return concurrentTasks(spark.getConf(), spark.defaultParallelism(), compute);
  }

  /** With embedded Spark, no more than GPUs where there are any. */
  private static int concurrentTasks(SparkConf conf, int slots, Compute compute) {
    if (!areEmbedded(conf) || compute.device() == DeviceChoice.CPU) {
      return slots;
    }
    int gpus = HostGpus.count(Engines.named(compute.engine()));
    return gpus == 0 ? slots : Math.min(slots, gpus);
  }

  /** Replicas that are threads of the driver occupy no task slots. */
  private static Slots inDriver(TrainingSettings training) {
    int replicas = training.workers().orElseThrow();
    return new Slots(
        replicas, training.compute().threadsPerWorker().orElse(shareOfCores(replicas)));
  }

  private static int shareOfCores(int workers) {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / workers);
  }

  private static String tooFew(
      SparkConf conf, TrainingSettings training, int slots, int cpusPerTask) {
    String requested =
        training.workers().isPresent()
            ? Integer.toString(training.workers().getAsInt())
            : "auto (at least 1)";
    String lower = training.workers().isPresent() ? "lower training.workers, " : "";
    return "training.workers = %s, but %s offers %d task slots of spark.task.cpus = %d after %d s: %sstart more executors, or raise training.slots-wait if they are still starting"
        .formatted(
            requested,
            conf.get("spark.master"),
            slots,
            cpusPerTask,
            training.tolerance().recovery().slotsWait().toSeconds(),
            lower);
  }

  private static int mostWorkers(int slots, TrainingSettings training) {
    for (int workers = slots; workers > 1; workers--) {
      if (training.divideAmong(workers)) {
        return workers;
      }
    }
    return 1;
  }

  /** The cluster has too few free task slots, at least for now. */
  public static final class SlotsException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    public SlotsException(String message) {
      super(message, null, TRY_AGAIN);
    }
  }
}
