package dev.larkspur.evaluate.task;

import com.fasterxml.jackson.databind.JsonNode;
import dev.larkspur.storage.BadInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * One record of a task's file.
 *
 * @param place file and line or row, for messages
 * @param fields a JSON object
 */
record TaskRecord(String place, JsonNode fields) {
  private static final String AS_PUBLISHED =
      "correct it, or give the file as it is published (docs/evaluation.md lists the fields)";

  boolean has(String field) {
    return fields.hasNonNull(field);
  }

  /** A text. */
  String text(String field) {
    JsonNode value = required(field);
    if (!value.isTextual()) {
      throw wrong(field, "is not a text but " + shortened(value));
    }
    return value.textValue();
  }

  /** A text or a number, as text; some versions of a file have one, some the other. */
  String textOrNumber(String field) {
    JsonNode value = required(field);
    if (!value.isTextual() && !value.isIntegralNumber()) {
      throw wrong(field, "is neither a text nor a whole number but " + shortened(value));
    }
    return value.asText();
  }

  /** A list of texts, at least two. */
  List<String> texts(String field) {
    JsonNode values = required(field);
    List<String> texts = new ArrayList<>();
    for (JsonNode value : values) {
      if (value.isTextual()) {
        texts.add(value.textValue());
      }
    }
    if (!values.isArray() || texts.size() != values.size() || texts.size() < 2) {
      throw wrong(field, "is not a list of two or more texts but " + shortened(values));
    }
    return texts;
  }

  /** The object in a field. */
  TaskRecord object(String field) {
    JsonNode value = required(field);
    if (!value.isObject()) {
      throw wrong(field, "is not an object but " + shortened(value));
    }
    return new TaskRecord(place + ", in \"" + field + "\"", value);
  }

  /** The objects of a list. */
  List<TaskRecord> objects(String field) {
    JsonNode values = required(field);
    List<TaskRecord> objects = new ArrayList<>();
    for (JsonNode value : values) {
      objects.add(new TaskRecord(place + ", in \"" + field + "\"", value));
    }
    if (!values.isArray() || objects.size() < 2) {
      throw wrong(field, "is not a list of two or more objects but " + shortened(values));
    }
    return objects;
  }

  /**
   * The index of the correct choice.
   *
   * @param first what the file calls the first choice, 0 or 1
   * @param choices how many there are
   */
  int answer(String field, int first, int choices) {
    String label = textOrNumber(field);
    if (label.isEmpty()) {
      throw wrong(field, "is empty: use the split that has answers, often validation");
    }
    if (!label.matches("\\d{1,9}")) {
      throw wrong(field, "is " + shortened(required(field)));
    }
    int answer = Integer.parseInt(label) - first;
    if (answer < 0 || answer >= choices) {
      throw wrong(
          field, "is %s, but must be %d to %d".formatted(label, first, first + choices - 1));
    }
    return answer;
  }

  private JsonNode required(String field) {
    if (!has(field)) {
      throw new BadInputException(
          "%s: the field \"%s\" is missing: %s".formatted(place, field, AS_PUBLISHED));
    }
    return fields.get(field);
  }

  /** A failure because of the value of a field. */
  BadInputException wrong(String field, String problem) {
    return new BadInputException(
        "%s: the field \"%s\" %s%s"
            .formatted(place, field, problem, problem.contains(": ") ? "" : ": " + AS_PUBLISHED));
  }

  private static String shortened(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "…";
  }
}
