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
 * The state of a training besides the tensors.
 *
 * @param step updates done, including skipped ones; also AdamW's step
 * @param tokens trained on so far
 * @param seed of the run; the complete random state, because all random numbers are functions of
 *     seed and step
 * @param trainingLoss mean of the last log interval, in nats a token; NaN before the first
 * @param skips updates and batches that were skipped
 * @param exchange scalars of the gradient exchange state, by name
 * @param provenance origin of the checkpoint
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

  /** Copies the map; null, for an exchange without state, becomes empty. */
  public TrainingState {
    exchange = exchange == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(exchange));
  }

  /** The state of a run that starts from imported parameters. */
  static TrainingState imported(long seed, Provenance provenance) {
    return new TrainingState(0, 0, seed, Double.NaN, Skips.NONE, Map.of(), provenance);
  }

  /**
   * Skipped updates, and the statistics that later decisions to skip depend on.
   *
   * @param updates skipped because their loss or gradient was out of bounds
   * @param inRow number of consecutive skipped updates at the end
   * @param batches that the run skips, in ascending order
   * @param recentLosses losses to detect spikes against, oldest first; empty if spikes are not
   *     detected
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
   * @param from index of the first batch, in the order of the corpus
   * @param to index after the last batch
   */
  public record SkippedBatches(long from, long to) implements Serializable {}

  /**
   * The origin of a checkpoint.
   *
   * @param config all settings of the run, as HOCON
   * @param corpusFingerprint SHA-256 of the corpus's manifest; empty for imported parameters
   * @param workers number of workers of the training that wrote it
   * @param larkspur version
   * @param engine name and version
   * @param spark version
   * @param java version
   */
  public record Provenance(
      String config,
      String corpusFingerprint,
      int workers,
      String larkspur,
      String engine,
      String spark,
      String java)
      implements Serializable {

    /** Whether the parameters were not trained in this run. */
    public boolean imported() {
      return corpusFingerprint.isEmpty();
    }
  }
}
