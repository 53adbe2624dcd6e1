package dev.larkspur.strategy;

import dev.larkspur.tensor.FlatVector;
import java.util.Map;

/** Trains replicas in rounds of steps. Used by one thread, except {@link #progress}. */
public interface RoundTrainer extends AutoCloseable {

  /**
   * Trains all replicas for one round; returns when they have finished.
   *
   * @param firstStep number of updates done before the round
   * @param steps of this round; in each, every replica trains on its share of a batch
   */
  RoundResult train(long firstStep, int steps);

  /** A number that changes while a round makes progress. Any thread may call this. */
  long progress();

  /** The model that results from the replicas, in the layout of the parameter table. */
  FlatVector parameters();

  /** The optimiser's state of that model, by the optimiser's names. */
  Map<String, FlatVector> optimizerState();

  /** Frees resources as far as possible, even while a round hangs. */
  @Override
  void close();

  /**
   * The result of a round.
   *
   * @param loss mean over the steps for which the library reports one, in nats per token
   * @param distance largest Euclidean distance of a replica's parameters from those of the
   *     resulting model, before synchronisation, relative to the model's norm
   */
  record RoundResult(double loss, double distance) {}
}
