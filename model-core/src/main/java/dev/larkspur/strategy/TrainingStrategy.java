package dev.larkspur.strategy;

import dev.larkspur.engine.Replica;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** A library's method of training several replicas. Implementations are services. */
public interface TrainingStrategy {

  /** The value of the setting {@code training.strategy}. */
  String name();

  /** Name of the engine that the strategy uses. */
  String engine();

  /** The limits to report to the user before training starts, as sentences. */
  List<String> limits();

  /** Whether each replica runs in an executor; otherwise all of them run in the driver. */
  boolean usesExecutors();

  /** Whether a process can start it only once, so that a failed training needs a new process. */
  default boolean startsOnce() {
    return false;
  }

  /** Cluster properties that the strategy requires, by name. */
  default Map<String, String> clusterProperties() {
    return Map.of();
  }

  /**
   * Why the strategy cannot train on a cluster, and what to do; empty if it can.
   *
   * @param master URL of the cluster's master
   */
  Optional<String> refusal(String master);

  /**
   * Creates the replicas with the parameters and optimiser state of an initial one.
   *
   * @param tokens training tokens of each replica
   * @throws dev.larkspur.engine.EngineException if the strategy cannot run on this cluster
   */
  RoundTrainer start(RoundPlan plan, TokenSource tokens, Replica initial);

  /**
   * The strategy with a name on the class path; empty if there is none.
   *
   * @param name value of the setting {@code training.strategy}
   */
  static Optional<TrainingStrategy> find(String name) {
    return ServiceLoader.load(TrainingStrategy.class, TrainingStrategy.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .filter(strategy -> strategy.name().equals(name))
        .findFirst();
  }
}
