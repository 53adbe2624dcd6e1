package dev.larkspur.layout;

import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the tensors of a file, most of which are renamed parameters. */
final class Renaming {
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final List<FileTensor> tensors = new ArrayList<>();

  Renaming(ParameterTable table) {
    table.parameters().forEach(parameter -> parameters.put(parameter.name(), parameter));
  }

  boolean has(String ours) {
    return parameters.containsKey(ours);
  }

  void add(FileTensor tensor) {
    tensors.add(tensor);
  }

  void add(String theirs, String ours) {
    tensors.add(FileTensor.of(theirs, parameters.get(ours)));
  }

  void optional(String theirs, String ours) {
    if (has(ours)) {
      add(theirs, ours);
    }
  }

  /** Adds a weight and its bias, if the model has one. */
  void both(String theirs, String ours) {
    add(theirs + ".weight", ours + ".weight");
    optional(theirs + ".bias", ours + ".bias");
  }

  List<FileTensor> tensors() {
    return List.copyOf(tensors);
  }

  /** Collects the reasons why a model does not fit a layout. */
  static final class Misfits {
    private final List<String> reasons = new ArrayList<>();

    /** Starts with the reasons that apply to every layout of dense models. */
    Misfits(ModelConfig model) {
      boolean firstLayer = model.ffn().firstLayer() instanceof FfnStructure.Dense;
      boolean others = model.ffn().structure() instanceof FfnStructure.Dense || model.layers() == 1;
      require(
          firstLayer && others, "its feed-forward networks are dense, not " + structures(model));
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
}
