package dev.larkspur.strategy;

import java.util.Optional;
import java.util.ServiceLoader;

/** The strategies on the class path, by the name that the setting {@code training.strategy} has. */
public final class TrainingStrategies {
  private TrainingStrategies() {}

  /** The strategy of a name; empty if it is not on the class path. */
  public static Optional<TrainingStrategy> find(String name) {
    return ServiceLoader.load(TrainingStrategy.class, TrainingStrategy.class.getClassLoader())
        .stream()
        .map(ServiceLoader.Provider::get)
        .filter(strategy -> strategy.name().equals(name))
        .findFirst();
  }
}
