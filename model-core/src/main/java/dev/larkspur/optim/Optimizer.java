package dev.larkspur.optim;

import java.io.Serializable;
import java.util.List;

/**
 * An optimiser's settings, and the vectors that it keeps from step to step. An engine knows how to
 * compute its update, or refuses it when a replica is made.
 */
public interface Optimizer extends Serializable {

  /**
   * Names of its vectors, each as long as what it updates: unique, and fit for a file's name, since
   * a checkpoint has a file of each.
   */
  List<String> stateNames();

  /** Updates nothing and keeps nothing: for models that are only read. */
  record None() implements Optimizer {

    @Override
    public List<String> stateNames() {
      return List.of();
    }
  }
}
