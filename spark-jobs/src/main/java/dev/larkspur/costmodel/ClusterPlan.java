package dev.larkspur.costmodel;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.larkspur.costmodel.Estimate.Choice;

/**
 * The plan of a training on a cluster of GPUs, as {@code plan} prints it.
 *
 * @param gpus number of workers
 * @param speed duration of the training, and utilisation of the GPUs
 * @param limit bottleneck: the largest part of a step, or failures if they cost more
 * @param memory of one GPU; for a self-guided training, of its guided steps
 * @param estimate what the plan was derived from
 */
public record ClusterPlan(
    int gpus, @JsonUnwrapped Speed speed, String limit, WorkerMemory memory, Estimate estimate) {
  private static final double SECONDS_OF_HOUR = 3600;
  private static final double SECONDS_OF_DAY = 86_400;

  /**
   * Duration and utilisation.
   *
   * @param days of the training, failures included
   * @param gpuHours of all GPUs
   * @param tokensPerSecond of all GPUs, failures included
   * @param mfu model FLOPs, as the paper counts them, as a fraction of the peak of all GPUs
   * @param efficiency fraction of the time spent in forward and backward passes
   */
  public record Speed(
      double days, double gpuHours, double tokensPerSecond, double mfu, double efficiency) {}

  /** The plan that an estimate gives. */
  public static ClusterPlan of(Workload workload, Cluster cluster, Estimate estimate) {
    double tokens = (double) workload.steps() * workload.tokensPerStep();
    double seconds = estimate.seconds();
    return new ClusterPlan(
        cluster.gpus(),
        new Speed(
            seconds / SECONDS_OF_DAY,
            seconds / SECONDS_OF_HOUR * cluster.gpus(),
            tokens / seconds,
            workload.trainingFlops()
                / (seconds * cluster.gpus() * cluster.gpu().peak(workload.precision())),
            estimate.efficiency(workload.steps())),
        limit(workload, estimate),
        memory(workload, cluster, estimate.choice()),
        estimate);
  }

  /** Memory that one GPU needs with a choice of settings. */
  public static WorkerMemory memory(Workload workload, Cluster cluster, Choice choice) {
    return WorkerMemory.of(
        workload.largest(),
        choice.microBatch(),
        workload.precision(),
        choice.shardOptimizer() ? cluster.gpus() : 1);
  }

  private static String limit(Workload workload, Estimate estimate) {
    String largest = estimate.step().largest();
    double seconds = workload.steps() * estimate.step().parts().get(largest);
    return estimate.lost() > seconds ? "failures" : largest;
  }
}
