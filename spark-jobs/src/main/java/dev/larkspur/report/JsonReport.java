package dev.larkspur.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.run.Json;

/** What {@code --json} prints. */
public final class JsonReport {
  private static final ObjectMapper JSON = Json.mapper();

  private JsonReport() {}

  /** A record, or a list of them, indented. */
  public static String of(Object records) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(records);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of plain values are JSON", e);
    }
  }
}
