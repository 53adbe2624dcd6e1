package dev.larkspur.strategy;

import dev.larkspur.tensor.FlatVector;
import java.util.Map;

/** Replicas that are being trained. Used by one thread, but for {@link #progress}. */
public interface RoundTrainer extends AutoCloseable {

  /**
   * Trains all replicas; returns when they are done.
   *
   * @param firstStep updates done
   * @param steps of this round, each with a share of a batch for every replica
   */
  RoundResult train(long firstStep, int steps);

  /** A number that changes as long as a round advances; asked by any thread. */
  long progress();

  /** The model that the library made of its replicas, in the layout of the parameter table. */
  FlatVector parameters();

  /** The optimiser's state that belongs to it, by the optimiser's names. */
  Map<String, FlatVector> optimizerState();

  /** Frees what it can, also while a round hangs. */
  @Override
  void close();

  /**
   * What came of a round.
   *
   * @param loss mean over its steps as far as the library tells it, in nats a token
   * @param distance largest Euclidean distance of a replica's parameters to those of the resulting
   *     model, before they were made equal, relative to its norm
   */
  record RoundResult(double loss, double distance) {}
}
