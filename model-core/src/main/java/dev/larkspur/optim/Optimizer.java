package dev.larkspur.optim;

import java.io.Serializable;
import java.util.List;

/**
 * An optimiser's settings, and the names of its state vectors. An engine implements its update, or
 * refuses it when a replica is created.
 */
public interface Optimizer extends Serializable {

  /**
   * Names of the state vectors, each as long as the vector that the optimiser updates. Names are
   * unique and valid file names, since a checkpoint stores each vector in a file.
   */
  List<String> stateNames();

  /** No updates and no state, for models that are not trained. */
  record None() implements Optimizer {

    @Override
    public List<String> stateNames() {
      return List.of();
    }
  }
}
