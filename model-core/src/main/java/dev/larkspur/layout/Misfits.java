package dev.larkspur.layout;

import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/** Collects what a layout has no place for. */
final class Misfits {
  private final List<String> reasons = new ArrayList<>();

  /** With what no layout of a dense model has a place for. */
  Misfits(ModelConfig model) {
    boolean firstLayer = model.ffn().firstLayer() instanceof FfnStructure.Dense;
    boolean others = model.ffn().structure() instanceof FfnStructure.Dense || model.layers() == 1;
    require(firstLayer && others, "its feed-forward networks are dense, not " + structures(model));
  }

  /** Adds a reason unless the condition holds. */
  Misfits require(boolean holds, String reason) {
    if (!holds) {
      reasons.add(reason);
    }
    return this;
  }

  List<String> reasons() {
    return List.copyOf(reasons);
  }

  private static String structures(ModelConfig model) {
    String first = model.ffn().firstLayer().kind();
    String others = model.ffn().structure().kind();
    return first.equals(others) ? others : first + " and " + others;
  }
}
