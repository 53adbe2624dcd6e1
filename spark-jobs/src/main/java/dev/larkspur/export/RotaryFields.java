package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The fields of rotary positions, of which transformers has had several spellings: {@code
 * rope_scaling} beside the others, and {@code rope_parameters} with all of them inside.
 */
final class RotaryFields {
  private static final double DEFAULT_BASE = 10_000;

  private final ConfigFields fields;
  private final List<JsonNode> groups;

  RotaryFields(ConfigFields fields) {
    this.fields = fields;
    this.groups = List.of(fields.at("rope_parameters"), fields.at("rope_scaling"));
    requireUnscaled("rope_parameters");
    requireUnscaled("rope_scaling");
  }

  /**
   * What angles are powers of.
   *
   * @param name of the field beside the groups
   */
  double base(String name) {
    return same("rope_theta", name, DEFAULT_BASE);
  }

  /**
   * Which part of each head turns.
   *
   * @param name of the field beside the groups
   */
  double part(String name, double otherwise) {
    return same("partial_rotary_factor", name, otherwise);
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

  private void requireUnscaled(String field) {
    JsonNode group = fields.at(field);
    if (group.isMissingNode()) {
      return;
    }
    fields.refuseIf(!group.isObject(), field + " is " + group + ", no group of fields");
    for (String name : List.of("rope_type", "type")) {
      JsonNode type = group.path(name);
      boolean none = type.isMissingNode() || type.isNull() || type.asText().equals("default");
      fields.refuseIf(!none, "its rotary positions are scaled (%s is %s)".formatted(field, group));
    }
    boolean named = group.hasNonNull("rope_type") || group.hasNonNull("type");
    fields.refuseIf(
        !named && group.hasNonNull("factor"),
        "its rotary positions are scaled (%s is %s)".formatted(field, group));
    for (JsonNode inner : group) {
      fields.refuseIf(inner.isObject(), field + " differs between layers: " + group);
    }
  }
}
