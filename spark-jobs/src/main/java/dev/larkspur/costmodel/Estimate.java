package dev.larkspur.costmodel;

import dev.larkspur.collective.WireDtype;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole training.
 *
 * @param choice the settings it is for
 * @param step time of one step
 * @param exchange seconds of the gradient exchange of one step, hidden or not
 * @param checkpoint how often to save
 * @param lostPerFailure seconds: half an interval, the writing of a checkpoint, and the restart
 * @param failures expected number
 * @param seconds of the whole; infinite if failures come faster than the training progresses
 */
public record Estimate(
    Choice choice,
    StepTime step,
    double exchange,
    CheckpointInterval checkpoint,
    double lostPerFailure,
    double failures,
    double seconds) {

  /** The training with these settings. */
  public static Estimate of(
      Workload workload, Cluster cluster, Assumptions assumptions, Choice choice) {
    StepModel model = new StepModel(workload, cluster, assumptions);
    StepTime step = model.step(choice);
    CheckpointInterval interval =
        CheckpointInterval.of(workload, cluster, assumptions, step.total());
    double undisturbed = workload.steps() * (step.total() + interval.stall() / interval.every());
    // Storage is as fast in one direction as in the other, and each worker reads as much as it
    // wrote.
    double reading = interval.write() + model.shareCheckpoint(choice);
    double lost = interval.seconds() / 2 + interval.write() + cluster.restart() + reading;
    double progress = 1 - lost / cluster.mtbf();
    double seconds = progress > 0 ? undisturbed / progress : Double.POSITIVE_INFINITY;
    return new Estimate(
        choice, step, model.exchange(choice), interval, lost, seconds / cluster.mtbf(), seconds);
  }

  /** Whether it ends. */
  public boolean ends() {
    return Double.isFinite(seconds);
  }

  /** Seconds lost by all failures. */
  public double lost() {
    return failures * lostPerFailure;
  }

  /** Share of all time that goes to forward and backward, in (0, 1). */
  public double efficiency(long steps) {
    return steps * (step.products() + step.between()) / seconds;
  }

  /**
   * Settings that change how long a step takes or what it needs, and not what is trained.
   *
   * @param microBatch training.micro-batch
   * @param shardOptimizer training.shard-optimizer
   * @param wire training.exchange.wire
   * @param bucketBytes training.exchange.bucket-bytes
   */
  public record Choice(int microBatch, boolean shardOptimizer, WireDtype wire, long bucketBytes) {}

  /**
   * Seconds of one step, by what they go to; their sum is the step.
   *
   * @param products matrix products, attention's included
   * @param between norms, activations and other operations between them, bound by memory
   * @param exchange what is left of the gradient exchange when the backward pass is over
   * @param optimizer norm of the gradient, AdamW, and the copy to multiply with
   * @param parameters sending updated parameters, if the optimiser is sharded
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

    /** Seconds of the whole step. */
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
}
