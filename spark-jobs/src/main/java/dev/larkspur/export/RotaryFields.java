package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The fields of rotary positions in a {@code config.json}. Versions of transformers place them
 * differently: {@code rope_scaling} beside the other fields, or {@code rope_parameters} with all of
 * them.
 */
final class RotaryFields {
  private static final double DEFAULT_BASE = 10_000;
  private static final String GROUP = "model.rope-scaling.";

  /** Settings of the scaling of Llama 3.1, by the names that it has in transformers. */
  private static final Map<String, String> LLAMA3 =
      Map.of(
          "factor", "factor",
          "low_freq_factor", "low-frequency-factor",
          "high_freq_factor", "high-frequency-factor",
          "original_max_position_embeddings", "original-context");

  private final ConfigFields fields;
  private final List<JsonNode> groups;
  private final Map<String, Object> scaling = new TreeMap<>();

  RotaryFields(ConfigFields fields) {
    this.fields = fields;
    this.groups = List.of(fields.at("rope_parameters"), fields.at("rope_scaling"));
    read("rope_parameters");
    read("rope_scaling");
  }

  /**
   * The base of the angles.
   *
   * @param name name of the field outside the groups
   */
  double base(String name) {
    return same("rope_theta", name, DEFAULT_BASE);
  }

  /**
   * The fraction of each head that is rotated.
   *
   * @param name name of the field outside the groups
   */
  double part(String name, double otherwise) {
    return same("partial_rotary_factor", name, otherwise);
  }

  /** Settings of the scaling of frequencies; none if they are not scaled. */
  Map<String, Object> scaling() {
    return scaling;
  }

  private double same(String inside, String outside, double otherwise) {
    double value = fields.number(outside, Double.NaN);
    for (JsonNode group : groups) {
      double other = fields.number(group, inside, value);
      fields.refuseIf(
          !Double.isNaN(value) && other != value,
          "%s is %s and %s is %s: they are the same".formatted(outside, value, inside, other));
      value = other;
    }
    return Double.isNaN(value) ? otherwise : value;
  }

  private void read(String field) {
    JsonNode group = fields.at(field);
    if (group.isMissingNode()) {
      return;
    }
    fields.refuseIf(!group.isObject(), field + " is " + group + ", no group of fields");
    for (JsonNode inner : group) {
      fields.refuseIf(inner.isObject(), field + " differs between layers: " + group);
    }
    Optional<String> type = type(field, group);
    if (type.isPresent() && type.get().equals("llama3")) {
      llama3(field, group);
    } else {
      fields.refuseIf(
          type.map(named -> !named.equals("default")).orElseGet(() -> group.hasNonNull("factor")),
          "its rotary positions are scaled (%s is %s), and only by llama3 they may be"
              .formatted(field, group));
    }
  }

  /** Older versions call it {@code type}. */
  private Optional<String> type(String field, JsonNode group) {
    List<String> named =
        List.of("rope_type", "type").stream()
            .filter(group::hasNonNull)
            .map(name -> group.get(name).asText())
            .distinct()
            .toList();
    fields.refuseIf(named.size() > 1, "%s has two types (%s)".formatted(field, group));
    return named.stream().findFirst();
  }

  private void llama3(String field, JsonNode group) {
    Map<String, Object> found = new TreeMap<>(Map.of(GROUP + "kind", "llama3"));
    LLAMA3.forEach(
        (name, setting) -> {
          double value = fields.number(group, name, Double.NaN);
          fields.refuseIf(Double.isNaN(value), "%s lacks %s".formatted(field, name));
          found.put(
              GROUP + setting, value == Math.rint(value) ? (Object) (long) value : (Object) value);
        });
    fields.refuseIf(
        !scaling.isEmpty() && !scaling.equals(found),
        "rope_parameters and rope_scaling differ: they are the same");
    scaling.putAll(found);
  }
}
