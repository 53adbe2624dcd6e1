package dev.larkspur.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Wall clock durations by round.
 *
 * @param rounds seconds, at least one
 */
@JsonPropertyOrder({"median", "rounds"})
public record Seconds(List<Double> rounds) implements Serializable {
  /** Copies the list. */
  public Seconds {
    rounds = new ArrayList<>(rounds);
  }

  /** The median of the rounds. */
  @JsonProperty
  public double median() {
    return new Median().evaluate(rounds.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * The duration of one kind beside that of dense.
   *
   * @param seconds wall clock
   * @param speedup speed as a multiple of dense's: the ratio of the medians
   */
  public record Compared(Seconds seconds, double speedup) {
    static Compared of(Seconds seconds, Seconds dense) {
      return new Compared(seconds, dense.median() / seconds.median());
    }
  }
}
