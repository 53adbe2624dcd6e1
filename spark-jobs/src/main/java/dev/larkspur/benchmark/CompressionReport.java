package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The compressed exchange beside the exact one.
 *
 * @param steps that each has trained on the same tokens
 * @param exact the exchange without compression
 * @param compressed the exchange with it
 * @param entropy of the source of the tokens, in nats a token: no loss is lower for long
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
   * What a training has come to.
   *
   * @param loss of tokens that were not trained on, in nats a token
   * @param bytes that a worker sends in a step, mean over the steps
   */
  public record Trained(double loss, double bytes) implements Serializable {}

  /**
   * A step at one bandwidth.
   *
   * @param megabits a second of each worker's link, simulated
   * @param exact wall clock of a step with the exact exchange
   * @param compressed wall clock of a step with the compressed one
   */
  public record StepTime(double megabits, Seconds exact, Seconds compressed)
      implements Serializable {

    /** How often faster the compressed exchange makes a step. */
    @JsonProperty
    public double speedup() {
      return exact.median() / compressed.median();
    }
  }

  /**
   * The highest of the bandwidths at which a step is faster with compression, as it is at all lower
   * ones; empty if it is slower at the lowest.
   */
  public OptionalDouble paysUpTo() {
    return times.stream()
        .takeWhile(time -> time.speedup() > 1)
        .mapToDouble(StepTime::megabits)
        .max();
  }
}
