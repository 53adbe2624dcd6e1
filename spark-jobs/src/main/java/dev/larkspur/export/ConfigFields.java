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

  /** Whether the file has a field, if only null. */
  boolean has(String field) {
    return json.has(field);
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
}
