package dev.larkspur.train;

import dev.larkspur.settings.TrainingSettings;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * How the cluster is divided among the workers.
 *
 * @param workers tasks of the barrier stage
 * @param threads of each on a CPU
 */
record Slots(int workers, int threads) {

  /**
   * Takes the workers that were asked for or, if that is left to the job, the largest number that
   * the cluster has slots for and the global batch divides into.
   *
   * @throws TrainingException if the cluster has too few slots
   */
  static Slots of(JavaSparkContext spark, TrainingSettings training) {
    SparkConf conf = spark.getConf();
    int cpusPerTask = conf.getInt("spark.task.cpus", 1);
    int slots = TaskSlots.await(spark, training.workers());
    int workers = training.workers().orElseGet(() -> mostWorkers(slots, training));
    if (workers > slots) {
      throw new TrainingException(
          "training.workers = %d, but %s offers %d task slots: lower training.workers, or start more executors"
              .formatted(workers, conf.get("spark.master"), slots));
    }
    int automatic =
        conf.get("spark.master").matches("local(\\[.*])?")
            ? Math.max(1, Runtime.getRuntime().availableProcessors() / workers)
            : cpusPerTask;
    return new Slots(workers, training.threadsPerWorker().orElse(automatic));
  }

  private static int mostWorkers(int slots, TrainingSettings training) {
    for (int workers = slots; workers > 1; workers--) {
      if (training.divideAmong(workers)) {
        return workers;
      }
    }
    return 1;
  }
}
