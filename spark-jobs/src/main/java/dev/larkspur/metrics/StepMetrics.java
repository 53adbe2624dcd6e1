package dev.larkspur.metrics;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A line about training: the steps since the line before.
 *
 * @param step updates done
 * @param tokens trained on so far
 * @param loss mean over these steps, in nats a token
 * @param learningRate of the last of them
 * @param gradient of the last of them
 * @param tokensPerSecond all workers together, over these steps
 * @param seconds of these steps on rank 0
 */
public record StepMetrics(
    long step,
    long tokens,
    double loss,
    double learningRate,
    @JsonUnwrapped GradientMetrics gradient,
    double tokensPerSecond,
    PhaseSeconds seconds)
    implements Serializable {

  /**
   * About the gradient of a step, all workers together.
   *
   * @param gradientNorm Euclidean norm, before clipping
   * @param compression what a compressed exchange carries to the next step; empty for an exact one
   */
  public record GradientMetrics(
      double gradientNorm, @JsonInclude(Include.NON_EMPTY) Map<String, Double> compression)
      implements Serializable {

    public GradientMetrics {
      compression = Collections.unmodifiableMap(new TreeMap<>(compression));
    }
  }

  /**
   * Where the seconds of training steps went.
   *
   * @param data reading token blocks
   * @param compute forward and backward
   * @param exchange all-reduce of the gradients as far as it continues after the backward pass,
   *     waiting for slower workers included
   * @param optimizer norm, clip and AdamW; of a sharded optimiser also the all-gather of parameters
   * @param checkpoint blocked by a checkpoint: its copy, and waiting for the one before
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
