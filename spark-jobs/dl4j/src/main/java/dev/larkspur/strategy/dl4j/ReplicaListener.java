package dev.larkspur.strategy.dl4j;

import dev.larkspur.strategy.RoundTrainer.RoundResult;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Called after each iteration of every replica, on the replica's thread. */
final class ReplicaListener extends BaseTrainingListener {
  private final IdentityHashMap<Model, Integer> counts = new IdentityHashMap<>();
  private final List<INDArray> last = new ArrayList<>();
  private int steps;
  private long iterations;
  private double lossSum;
  private long losses;

  /** Starts a round of {@code ofRound} iterations of each replica. */
  synchronized void begin(int ofRound) {
    counts.clear();
    last.clear();
    steps = ofRound;
    lossSum = 0;
    losses = 0;
  }

  @Override
  public synchronized void iterationDone(Model model, int iteration, int epoch) {
    iterations++;
    losses++;
    lossSum += model.score();
    if (counts.merge(model, 1, Integer::sum) == steps) {
      // Measured before the last average.
      last.add(model.params().dup());
    }
  }

  synchronized long iterations() {
    return iterations;
  }

  /** The result of the round, for the model that it produced. */
  synchronized RoundResult result(INDArray parameters) {
    double distance =
        last.stream().mapToDouble(replica -> distance(replica, parameters)).max().orElse(0);
    return new RoundResult(lossSum / losses, distance);
  }

  static double distance(INDArray replica, INDArray parameters) {
    return replica.distance2(parameters) / parameters.norm2Number().doubleValue();
  }
}
