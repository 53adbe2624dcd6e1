package dev.larkspur.metrics;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A line of metrics about the steps since the previous line.
 *
 * @param step updates done
 * @param tokens tokens trained on so far
 * @param loss mean over these steps, in nats a token
 * @param learningRate of the last of them
 * @param gradient of the last of them
 * @param execution how these steps were executed
 * @param seconds of these steps on rank 0
 */
public record StepMetrics(
    long step,
    long tokens,
    double loss,
    double learningRate,
    @JsonUnwrapped GradientMetrics gradient,
    @JsonUnwrapped Execution execution,
    PhaseSeconds seconds)
    implements Serializable {

  /** All workers together. */
  public double tokensPerSecond() {
    return execution.tokensPerSecond();
  }

  /**
   * How steps were executed.
   *
   * @param tokensPerSecond all workers together
   * @param flopsPerSecond floating-point operations of the model as the paper counts them, all
   *     workers together
   * @param mfu {@code flopsPerSecond} as a fraction of the peak of all devices; null if the peak is
   *     not known
   * @param memoryBytes in use on the GPU of rank 0, or the resident memory of its process; 0 if
   *     unknown
   * @param skippedUpdates updates that the run has skipped so far
   */
  public record Execution(
      double tokensPerSecond,
      double flopsPerSecond,
      @JsonInclude(Include.NON_NULL) Double mfu,
      long memoryBytes,
      long skippedUpdates)
      implements Serializable {}

  /**
   * The gradient of a step, summed over all workers.
   *
   * @param gradientNorm Euclidean norm, before clipping
   * @param compression scalars of a compressed exchange; empty for an exact one
   */
  public record GradientMetrics(
      double gradientNorm, @JsonInclude(Include.NON_EMPTY) Map<String, Double> compression)
      implements Serializable {

    public GradientMetrics {
      compression = Collections.unmodifiableMap(new TreeMap<>(compression));
    }
  }

  /**
   * Breakdown of the time of training steps, in seconds.
   *
   * @param data reading token blocks
   * @param compute forward and backward
   * @param exchange the part of the gradient all-reduce after the backward pass, including waiting
   *     for slower workers
   * @param optimizer gradient norm, clipping and AdamW; for a sharded optimiser, also the
   *     all-gather of parameters
   * @param checkpoint blocked by a checkpoint: copying, and waiting for the previous one
   */
  public record PhaseSeconds(
      double data, double compute, double exchange, double optimizer, double checkpoint)
      implements Serializable {
    public static final PhaseSeconds NONE = new PhaseSeconds(0, 0, 0, 0, 0);

    public PhaseSeconds plus(PhaseSeconds other) {
      return new PhaseSeconds(
          data + other.data,
          compute + other.compute,
          exchange + other.exchange,
          optimizer + other.optimizer,
          checkpoint + other.checkpoint);
    }

    public double total() {
      return data + compute + exchange + optimizer + checkpoint;
    }
  }
}
