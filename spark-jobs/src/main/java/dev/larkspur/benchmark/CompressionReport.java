package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The compressed exchange compared with the exact one.
 *
 * @param steps steps of each training, on the same tokens
 * @param exact training without compression
 * @param compressed training with compression
 * @param entropy of the source of the tokens, in nats per token: a lower bound of the expected loss
 * @param threshold of the last step
 * @param times of a step, by simulated bandwidth, lowest first
 */
public record CompressionReport(
    long steps,
    Trained exact,
    Trained compressed,
    double entropy,
    double threshold,
    List<StepTime> times)
    implements Serializable {
  /** Copies the list. */
  public CompressionReport {
    times = new ArrayList<>(times);
  }

  /**
   * The result of a training.
   *
   * @param loss on tokens that were not trained on, in nats per token
   * @param bytes bytes that a worker sends in a step, mean over the steps
   */
  public record Trained(double loss, double bytes) implements Serializable {}

  /**
   * Duration of a step at one bandwidth.
   *
   * @param megabits simulated bandwidth of each worker's link, Mbit/s
   * @param exact wall clock of a step with the exact exchange
   * @param compressed wall clock of a step with the compressed one
   */
  public record StepTime(double megabits, Seconds exact, Seconds compressed)
      implements Serializable {

    /** Speedup of a step by compression. */
    @JsonProperty
    public double speedup() {
      return exact.median() / compressed.median();
    }
  }

  /**
   * The highest of the bandwidths at which a step is faster with compression, as it is at all lower
   * ones; empty if it is slower at the lowest.
   */
  public OptionalDouble fasterUpTo() {
    return times.stream()
        .takeWhile(time -> time.speedup() > 1)
        .mapToDouble(StepTime::megabits)
        .max();
  }
}
