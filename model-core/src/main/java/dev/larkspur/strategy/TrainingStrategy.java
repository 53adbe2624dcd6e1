package dev.larkspur.strategy;

import dev.larkspur.engine.Replica;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A library's own way to train several replicas. Implementations are services. */
public interface TrainingStrategy {

  /** The word that the setting {@code training.strategy} has. */
  String name();

  /** Name of the engine that computes. */
  String engine();

  /** What a user should know of it before a training begins, in sentences. */
  List<String> limits();

  /** Properties of the cluster that it relies on, by their names. */
  default Map<String, String> clusterProperties() {
    return Map.of();
  }

  /**
   * Why it cannot train on a cluster, and what to do; empty if it can.
   *
   * @param master its URL
   */
  Optional<String> refusal(String master);

  /**
   * Makes the replicas; they have the parameters and the optimiser's state of another one.
   *
   * @param tokens what each replica trains on
   * @throws dev.larkspur.engine.EngineException if the cluster is not what it needs
   */
  RoundTrainer start(RoundPlan plan, TokenSource tokens, Replica initial);
}
