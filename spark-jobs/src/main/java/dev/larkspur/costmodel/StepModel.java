package dev.larkspur.costmodel;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.costmodel.Estimate.Choice;
import dev.larkspur.costmodel.Estimate.StepTime;
import dev.larkspur.costmodel.Workload.Phase;
import dev.larkspur.model.ModelSize;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Time of one step; with self-guidance, the mean over guided and plain steps. */
public final class StepModel {
  private record Part(PhaseModel model, double share) {}

  private final List<Part> parts = new ArrayList<>();

  public StepModel(Workload workload, Cluster cluster, Assumptions assumptions) {
    for (Phase phase : workload.phases()) {
      double share = (double) phase.steps() / workload.steps();
      parts.add(new Part(new PhaseModel(workload, phase, cluster, assumptions), share));
    }
  }

  /**
   * Breakdown of one step.
   *
   * @param choice with a micro-batch that divides the sequences of one GPU
   */
  public StepTime step(Choice choice) {
    StepTime mean = StepTime.NONE;
    for (Part part : parts) {
      mean = mean.plus(part.share(), part.model().step(choice));
    }
    return mean;
  }

  /** Seconds of the exchange, hidden or not. */
  public double exchange(Choice choice) {
    return mean(model -> model.exchange(choice));
  }

  /** Seconds in which workers exchange the shards of a checkpoint that they have read. */
  double shareCheckpoint(Choice choice) {
    return mean(model -> model.shareCheckpoint(choice));
  }

  private double mean(ToDoubleFunction<PhaseModel> seconds) {
    return parts.stream()
        .mapToDouble(part -> part.share() * seconds.applyAsDouble(part.model()))
        .sum();
  }

  /** Time of one step of a training phase. */
  static final class PhaseModel {
    /** The backward pass has two of the three products. */
    private static final double BACKWARD = 2.0 / 3;

    /** AdamW reads parameter, gradient and moments, and writes all but the gradient. */
    private static final int UPDATE_BYTES = 7 * Float.BYTES;

    /** The norm reads the gradient; with a sharded optimiser, each GPU its shard. */
    private static final int NORM_BYTES = Float.BYTES;

    /** Zeroing writes the gradient; the bf16 copy reads 4 bytes and writes 2. */
    private static final int OTHER_BYTES = 10;

    /** Parameters and both moments. */
    private static final int CHECKPOINT_BYTES = 3 * Float.BYTES;

    private final Workload workload;
    private final Cluster cluster;
    private final Assumptions assumptions;
    private final ComputeModel compute;
    private final ExchangeModel exchange;
    private final double parameters;

    PhaseModel(Workload workload, Phase phase, Cluster cluster, Assumptions assumptions) {
      this.workload = workload;
      this.cluster = cluster;
      this.assumptions = assumptions;
      this.compute = new ComputeModel(workload, phase, cluster.gpu(), assumptions);
      this.exchange = new ExchangeModel(cluster, assumptions);
      this.parameters = ModelSize.of(phase.model()).parameters();
    }

    /**
     * Breakdown of one step.
     *
     * @param choice with a micro-batch that divides the sequences of one GPU
     */
    StepTime step(Choice choice) {
      int passes = workload.globalBatch() / cluster.gpus() / choice.microBatch();
      double products = compute.products(choice.microBatch());
      double between = compute.between(choice.microBatch());
      return new StepTime(
          passes * products,
          passes * between,
          exposed(choice, BACKWARD * (products + between)),
          optimizer(choice),
          choice.shardOptimizer() ? exchange.gather((double) Float.BYTES * parameters) : 0,
          workload.tokensPerStep() / (double) cluster.gpus() / assumptions.readTokens());
    }

    /** Seconds of the exchange, hidden or not. */
    double exchange(Choice choice) {
      if (cluster.gpus() == 1) {
        return 0;
      }
      double bucket = (double) choice.bucketBytes() / Float.BYTES;
      double full = Math.floor(parameters / bucket);
      double rest = parameters - full * bucket;
      return full * exchange.sum(bucket, choice.wire())
          + (rest > 0 ? exchange.sum(rest, choice.wire()) : 0);
    }

    /**
     * Seconds in which workers exchange the shards of a checkpoint that they have read. Sharded
     * moments are not exchanged.
     */
    double shareCheckpoint(Choice choice) {
      int bytes = choice.shardOptimizer() ? Float.BYTES : CHECKPOINT_BYTES;
      return exchange.gather((double) bytes * parameters);
    }

    /**
     * Gradients are complete in the last pass only, so the exchange can hide only behind its
     * backward pass, and the last bucket not at all. In bf16 the computing thread waits for each
     * bucket.
     */
    private double exposed(Choice choice, double backward) {
      double all = exchange(choice);
      if (choice.wire() == WireDtype.BF16 || all == 0) {
        return all;
      }
      double last = Math.min(parameters, (double) choice.bucketBytes() / Float.BYTES);
      return Math.max(exchange.sum(last, choice.wire()), all - backward);
    }

    private double optimizer(Choice choice) {
      double updated = parameters / (choice.shardOptimizer() ? (double) cluster.gpus() : 1.0);
      double bytes =
          UPDATE_BYTES * updated
              + NORM_BYTES * parameters / cluster.gpus()
              + OTHER_BYTES * parameters;
      return bytes / (assumptions.reached().memoryShare() * cluster.gpu().memoryBandwidth());
    }
  }
}
