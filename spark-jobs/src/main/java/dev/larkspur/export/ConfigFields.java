package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;

/** Reads fields of a {@code config.json}, and collects the problems. */
final class ConfigFields {
  private final JsonNode json;
  private final List<String> problems = new ArrayList<>();

  ConfigFields(JsonNode json) {
    this.json = json;
  }

  /** A field; null counts as missing. */
  JsonNode at(String field) {
    JsonNode value = json.path(field);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  /** A whole number without a default; 0 if it is missing or not a whole number. */
  int wholeNumber(String field) {
    return wholeNumber(field, 0, at(field).isMissingNode());
  }

  /** A whole number. */
  int wholeNumber(String field, int otherwise) {
    return at(field).isMissingNode() ? otherwise : wholeNumber(field, otherwise, false);
  }

  private int wholeNumber(String field, int otherwise, boolean missing) {
    JsonNode value = at(field);
    if (missing) {
      refuse(field + " is missing");
    } else if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      refuse(field + " is " + value + ", no number");
    } else {
      return value.asInt();
    }
    return otherwise;
  }

  /** A number. */
  double number(String field, double otherwise) {
    return number(json, field, otherwise);
  }

  /** A number of a group of fields. */
  double number(JsonNode group, String field, double otherwise) {
    JsonNode value = group.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
      refuse(field + " is " + value + ", no number");
      return otherwise;
    }
    return value.asDouble();
  }

  /** True or false. */
  boolean flag(String field, FieldDefault otherwise) {
    JsonNode value = at(field);
    if (value.isMissingNode()) {
      return otherwise == FieldDefault.TRUE;
    }
    if (!value.isBoolean()) {
      refuse(field + " is " + value + ", neither true nor false");
    }
    return value.asBoolean();
  }

  /** The default of a flag that the file does not set. */
  enum FieldDefault {
    TRUE,
    FALSE
  }

  void refuse(String problem) {
    problems.add(problem);
  }

  void refuseIf(boolean wrong, String problem) {
    if (wrong) {
      refuse(problem);
    }
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  /**
   * The fields of rotary positions. Versions of transformers place them differently: {@code
   * rope_scaling} beside the other fields, or {@code rope_parameters} with all of them.
   */
  static final class RotaryFields {
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
        fields.refuseIf(
            !none, "its rotary positions are scaled (%s is %s)".formatted(field, group));
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
}
