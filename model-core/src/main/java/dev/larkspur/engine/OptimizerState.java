package dev.larkspur.engine;

import dev.larkspur.tensor.FlatVector;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of a replica's optimiser.
 *
 * @param vectors by name, in the order of the optimiser's names; each as long as the replica's
 *     shard
 */
public record OptimizerState(Map<String, FlatVector> vectors) {

  /** Keeps the order. */
  public OptimizerState {
    vectors = Collections.unmodifiableMap(new LinkedHashMap<>(vectors));
  }

  public List<String> names() {
    return List.copyOf(vectors.keySet());
  }

  /**
   * The vector of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public FlatVector vector(String name) {
    FlatVector vector = vectors.get(name);
    if (vector == null) {
      throw new IllegalArgumentException("no vector %s among %s".formatted(name, names()));
    }
    return vector;
  }

  /** Whether no element of any vector is NaN or infinite. */
  public boolean isFinite() {
    return vectors.values().stream().allMatch(FlatVector::isFinite);
  }
}
