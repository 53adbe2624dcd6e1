package dev.larkspur.strategy;

import java.util.Optional;
import java.util.ServiceLoader;

/** Finds strategies on the class path by the value of the setting {@code training.strategy}. */
public final class TrainingStrategies {
  private TrainingStrategies() {}

  /** The strategy with a name; empty if it is not on the class path. */
  public static Optional<TrainingStrategy> find(String name) {
    return ServiceLoader.load(TrainingStrategy.class, TrainingStrategy.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .filter(strategy -> strategy.name().equals(name))
        .findFirst();
  }
}
