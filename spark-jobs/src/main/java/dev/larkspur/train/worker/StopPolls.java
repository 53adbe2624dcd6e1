package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.train.worker.WorkerResult.RunEnding;

/**
 * When the ranks ask each other, inside a step or a validation, whether to stop. Every rank asks at
 * the same points, about once a second by the time that the last step has taken, which all ranks
 * know as the same number: in quick steps they do not ask.
 */
final class StopPolls {
  private static final double SECONDS_BETWEEN = 1;

  private final StopSignals signals;
  private final Collective peers;

  /** Micro-batches from one question to the next; at first their duration is unknown. */
  private long every = 1;

  StopPolls(StopSignals signals, Collective peers) {
    this.signals = signals;
    this.peers = peers;
  }

  /**
   * How long a step has taken.
   *
   * @param seconds of the step, summed over all ranks
   * @param microBatches of each rank
   */
  void took(double seconds, long microBatches) {
    double ofOne = seconds / peers.worldSize() / microBatches;
    every = ofOne > 0 ? (long) Math.max(1, Math.ceil(SECONDS_BETWEEN / ofOne)) : Long.MAX_VALUE;
  }

  /** Whether all ranks are to stop here, for what reason: asked for before a micro-batch. */
  RunEnding before(long microBatch) {
    if (microBatch == 0 || microBatch % every != 0) {
      return RunEnding.COMPLETED;
    }
    double[] asked = {signals.stop(), signals.evicted()};
    peers.allReduceSum(asked);
    return of(asked[0], asked[1]);
  }

  /** What sums over all ranks mean. */
  static RunEnding of(double stop, double evicted) {
    return stop > 0 ? RunEnding.STOPPED : evicted > 0 ? RunEnding.EVICTED : RunEnding.COMPLETED;
  }
}
