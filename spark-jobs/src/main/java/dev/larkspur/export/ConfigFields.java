package dev.larkspur.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;

/** Reads fields of a {@code config.json}, and collects what is wrong with them. */
final class ConfigFields {
  private final JsonNode json;
  private final List<String> problems = new ArrayList<>();

  ConfigFields(JsonNode json) {
    this.json = json;
  }

  /** A field; missing where it is null, which means the same. */
  JsonNode at(String field) {
    JsonNode value = json.path(field);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  /** A whole number that has no default; 0 if it is missing or none. */
  int whole(String field) {
    return whole(field, 0, at(field).isMissingNode());
  }

  /** A whole number. */
  int whole(String field, int otherwise) {
    return at(field).isMissingNode() ? otherwise : whole(field, otherwise, false);
  }

  private int whole(String field, int otherwise, boolean missing) {
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

  /** What a flag is where the file does not say. */
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
}
