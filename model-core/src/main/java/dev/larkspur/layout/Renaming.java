package dev.larkspur.layout;

import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the tensors of a file, most of them parameters under another name. */
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

  /** Weight and, if there is one, bias. */
  void both(String theirs, String ours) {
    add(theirs + ".weight", ours + ".weight");
    optional(theirs + ".bias", ours + ".bias");
  }

  List<FileTensor> tensors() {
    return List.copyOf(tensors);
  }
}
