package dev.larkspur.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.run.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers of lines by name, for sinks that log one number at a time. A number has the name that
 * it has in the JSON lines; one within a group has the group's name before it, as in {@code
 * seconds/data}. No number is returned twice for a step, whatever lines contain it.
 */
public final class Scalars {
  private static final ObjectMapper JSON = Json.mapper();
  private static final String STEP = "step";

  private final Map<String, Long> lastSteps = new HashMap<>();

  /** Marks a number as logged: it is not returned for this step or an earlier one. */
  public void logged(String name, long step) {
    lastSteps.merge(name, step, Math::max);
  }

  /** The numbers of a line that were not returned for its step yet. */
  public Map<String, Double> take(long step, Record line) {
    return take(step, JSON.<JsonNode>valueToTree(line));
  }

  /** The same for a line that was read. */
  public Map<String, Double> take(long step, JsonNode line) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    collect("", line, numbers);
    numbers.keySet().removeIf(name -> lastSteps.getOrDefault(name, -1L) >= step);
    numbers.keySet().forEach(name -> logged(name, step));
    return numbers;
  }

  private static void collect(String path, JsonNode node, Map<String, Double> into) {
    node.properties()
        .forEach(
            field -> {
              String name = path + field.getKey();
              if (field.getValue().isObject()) {
                collect(name + "/", field.getValue(), into);
              } else if (field.getValue().isNumber() && !name.equals(STEP)) {
                into.put(name, field.getValue().asDouble());
              }
            });
  }
}
