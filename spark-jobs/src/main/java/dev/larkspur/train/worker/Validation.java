package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.train.worker.StopSignals.StopPolls;
import dev.larkspur.train.worker.WorkerResult.RunEnding;
import java.util.function.DoubleConsumer;

/**
 * The validation of a training, by all ranks together, each on its own blocks.
 *
 * @param spec specification of the training
 * @param tokens tokens with the validation split
 * @param polls checks in between whether the training is to end
 */
public record Validation(TrainingSpec spec, Collective peers, TokenStream tokens, StopPolls polls) {

  /**
   * Measures the loss.
   *
   * @param passed called after each pass of this rank
   * @param loss receives its mean, in nats a token; nothing if the training is to end
   * @return why it is to end, if it is
   */
  RunEnding run(Replica replica, Runnable passed, DoubleConsumer loss) {
    long blocks = Math.min(spec.cadence().validationSequences(), tokens.validationBlocks());
    long from = blocks * peers.rank() / peers.worldSize();
    long to = blocks * (peers.rank() + 1) / peers.worldSize();
    // The same number of passes on every rank: some have one block more than others.
    long batches = ceilDiv(ceilDiv(blocks, peers.worldSize()), spec.batches().microBatch());
    double[] sum = new double[1];
    for (long i = 0; i < batches; i++) {
      RunEnding ending = polls.before(i);
      if (ending != RunEnding.COMPLETED) {
        return ending;
      }
      long at = Math.min(to, from + i * spec.batches().microBatch());
      long end = Math.min(to, at + spec.batches().microBatch());
      sum[0] += ValidationLoss.sum(replica, tokens, at, end, spec.batches().microBatch());
      passed.run();
    }
    peers.allReduceSum(sum);
    loss.accept(sum[0] / (blocks * spec.model().context()));
    return RunEnding.COMPLETED;
  }

  private static long ceilDiv(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  /** The loss on a range of validation blocks. */
  public static final class ValidationLoss {
    private ValidationLoss() {}

    /**
     * Summed negative log-likelihood of blocks [from, to), in nats.
     *
     * @param microBatch blocks of one pass
     */
    public static double sum(
        Replica replica, TokenStream tokens, long from, long to, int microBatch) {
      double sum = 0;
      for (long at = from; at < to; at += microBatch) {
        TokenBatch batch = tokens.batch((int) Math.min(microBatch, to - at));
        tokens.validation(at, batch);
        sum += replica.loss(batch);
      }
      return sum;
    }
  }
}
