package dev.larkspur.costmodel;

import dev.larkspur.collective.WireDtype;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The estimated cost of a training.
 *
 * @param choice the settings that it assumes
 * @param step time of one step
 * @param exchange seconds of the gradient exchange of one step, hidden or not
 * @param checkpoint how often to write a checkpoint
 * @param lostPerFailure seconds: half a checkpoint interval, the write of a checkpoint, and the
 *     restart
 * @param failures expected number of failures
 * @param seconds of the training; infinite if failures come faster than the training progresses
 */
public record Estimate(
    Choice choice,
    StepTime step,
    double exchange,
    CheckpointInterval checkpoint,
    double lostPerFailure,
    double failures,
    double seconds) {

  /** Estimates a training with a choice of settings. */
  public static Estimate of(
      Workload workload, Cluster cluster, Assumptions assumptions, Choice choice) {
    StepModel model = new StepModel(workload, cluster, assumptions);
    StepTime step = model.step(choice);
    CheckpointInterval interval =
        CheckpointInterval.of(workload, cluster, assumptions, step.total());
    double undisturbed = workload.steps() * (step.total() + interval.stall() / interval.every());
    // Storage reads as fast as it writes, and each worker reads as much as it wrote.
    double reading = interval.write() + model.shareCheckpoint(choice);
    double lost = interval.seconds() / 2 + interval.write() + cluster.restart() + reading;
    double progress = 1 - lost / cluster.mtbf();
    double seconds = progress > 0 ? undisturbed / progress : Double.POSITIVE_INFINITY;
    return new Estimate(
        choice, step, model.exchange(choice), interval, lost, seconds / cluster.mtbf(), seconds);
  }

  /** Whether the training completes. */
  public boolean completes() {
    return Double.isFinite(seconds);
  }

  /** Seconds lost to all failures. */
  public double lost() {
    return failures * lostPerFailure;
  }

  /** Fraction of the time spent in forward and backward passes, in (0, 1). */
  public double efficiency(long steps) {
    return steps * (step.products() + step.between()) / seconds;
  }

  /**
   * Settings that change the duration or the memory of a step, and not its result.
   *
   * @param microBatch training.micro-batch
   * @param shardOptimizer training.shard-optimizer
   * @param wire training.exchange.wire
   * @param bucketBytes training.exchange.bucket-bytes
   */
  public record Choice(int microBatch, boolean shardOptimizer, WireDtype wire, long bucketBytes) {}

  /**
   * Breakdown of one step, in seconds; the parts sum to the step.
   *
   * @param products matrix products, attention's included
   * @param between norms, activations and other operations between the products, bound by memory
   * @param exchange gradient exchange that is not hidden behind the backward pass
   * @param optimizer gradient norm, AdamW, and the bf16 copy of the parameters
   * @param parameters all-gather of the updated parameters, if the optimiser is sharded
   * @param input reading token blocks
   */
  public record StepTime(
      double products,
      double between,
      double exchange,
      double optimizer,
      double parameters,
      double input) {

    static final StepTime NONE = new StepTime(0, 0, 0, 0, 0, 0);

    StepTime plus(double share, StepTime other) {
      return new StepTime(
          products + share * other.products,
          between + share * other.between,
          exchange + share * other.exchange,
          optimizer + share * other.optimizer,
          parameters + share * other.parameters,
          input + share * other.input);
    }

    /** Seconds of the step. */
    public double total() {
      return products + between + exchange + optimizer + parameters + input;
    }

    /** Seconds by name, in the order of a step. */
    public Map<String, Double> parts() {
      Map<String, Double> parts = new LinkedHashMap<>();
      parts.put("input", input);
      parts.put("matrix products", products);
      parts.put("between products", between);
      parts.put("exchange not hidden", exchange);
      parts.put("optimizer", optimizer);
      parts.put("sending parameters", parameters);
      return parts;
    }

    /** Name of the largest part. */
    public String largest() {
      return parts().entrySet().stream()
          .max(Comparator.comparingDouble(Map.Entry::getValue))
          .orElseThrow()
          .getKey();
    }
  }

  /**
   * How often to write a checkpoint.
   *
   * @param stall time that a checkpoint blocks the training: a copy of each worker's shard
   * @param write time until it is committed, while training continues
   * @param every steps between two checkpoints
   * @param seconds between two checkpoints
   */
  public record CheckpointInterval(double stall, double write, long every, double seconds) {

    /** The interval for a training. */
    static CheckpointInterval of(
        Workload workload, Cluster cluster, Assumptions assumptions, double step) {
      double part = workload.checkpointBytes() / cluster.gpus();
      double stall = part / assumptions.hostCopy() + assumptions.checkpointBase();
      double write = part * cluster.sharing() / cluster.hostStorage();
      // A checkpoint waits for the previous one.
      double optimal = Math.max(youngDaly(stall, cluster.mtbf()), write);
      long every = Math.min(Math.max(1, (long) Math.ceil(optimal / step)), workload.steps());
      return new CheckpointInterval(stall, write, every, every * step);
    }

    /**
     * The interval that loses the least time: √(2 · cost · mtbf), in the unit of both (Young 1974;
     * Daly 2006, first order).
     *
     * @param cost of one checkpoint
     * @param mtbf mean time between failures
     */
    public static double youngDaly(double cost, double mtbf) {
      return Math.sqrt(2 * cost * mtbf);
    }
  }
}
