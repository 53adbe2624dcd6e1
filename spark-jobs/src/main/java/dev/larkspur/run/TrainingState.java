package dev.larkspur.run;

import java.io.Serializable;
import java.util.List;

/**
 * What a checkpoint holds besides the tensors.
 *
 * @param step updates done, skipped ones included; also AdamW's count
 * @param tokens trained on so far
 * @param seed the run's. It is the whole random state: whatever is drawn in training is a function
 *     of the seed and of the step
 * @param trainingLoss mean of the last log interval, in nats a token; NaN before the first
 * @param skippedUpdates updates left out because their loss or gradient was out of bounds
 * @param skippedInRow how many of them are the last steps
 * @param passedOver batches that the run leaves out, in their order
 * @param recentLosses what loss spikes are measured against, oldest first; empty if they are not
 *     looked for
 * @param provenance where the checkpoint comes from
 */
public record TrainingState(
    long step,
    long tokens,
    long seed,
    double trainingLoss,
    long skippedUpdates,
    int skippedInRow,
    List<SkippedBatches> passedOver,
    List<Double> recentLosses,
    Provenance provenance)
    implements Serializable {

  public TrainingState {
    passedOver = List.copyOf(passedOver);
    recentLosses = List.copyOf(recentLosses);
  }
}
