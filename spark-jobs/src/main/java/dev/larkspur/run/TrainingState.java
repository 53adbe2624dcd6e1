package dev.larkspur.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a checkpoint holds besides the tensors.
 *
 * @param step updates done, skipped ones included; also AdamW's count
 * @param tokens trained on so far
 * @param seed the run's. It is the whole random state: whatever is drawn in training is a function
 *     of the seed and of the step
 * @param trainingLoss mean of the last log interval, in nats a token; NaN before the first
 * @param skips updates and batches that were skipped
 * @param exchange numbers that the gradient exchange carries from step to step, by name
 * @param provenance where the checkpoint comes from
 */
public record TrainingState(
    long step,
    long tokens,
    long seed,
    double trainingLoss,
    Skips skips,
    @JsonInclude(Include.NON_EMPTY) Map<String, Double> exchange,
    Provenance provenance)
    implements Serializable {

  /** Copies the numbers; an exchange without memory writes none. */
  public TrainingState {
    exchange = exchange == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(exchange));
  }

  /** Of a run that begins with parameters from elsewhere. */
  static TrainingState atBegin(long seed, Provenance provenance) {
    return new TrainingState(0, 0, seed, Double.NaN, Skips.NONE, Map.of(), provenance);
  }

  /**
   * What was skipped, and what decides whether more is.
   *
   * @param updates skipped because their loss or gradient was out of bounds
   * @param inRow how many of them are the last steps
   * @param batches that the run skips, in their order
   * @param recentLosses what loss spikes are measured against, oldest first; empty if they are not
   *     looked for
   */
  public record Skips(
      @JsonProperty("skippedUpdates") long updates,
      @JsonProperty("skippedInRow") int inRow,
      @JsonProperty("passedOver") List<SkippedBatches> batches,
      @JsonProperty("recentLosses") List<Double> recentLosses)
      implements Json.Group, Serializable {
    public static final Skips NONE = new Skips(0, 0, List.of(), List.of());

    public Skips {
      batches = List.copyOf(batches);
      recentLosses = List.copyOf(recentLosses);
    }
  }

  /**
   * Batches that a run does not train on, because they made it diverge.
   *
   * @param from first of them, in the order of the corpus
   * @param to after the last
   */
  public record SkippedBatches(long from, long to) implements Serializable {}
}
