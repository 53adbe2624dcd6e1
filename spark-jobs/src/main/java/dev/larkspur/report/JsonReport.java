package dev.larkspur.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.run.Json;

/** Formats the output of {@code --json}. */
public final class JsonReport {
  private static final ObjectMapper JSON = Json.mapper();

  private JsonReport() {}

  /** Formats a record, or a list of records, with indentation. */
  public static String of(Object records) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(records);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of plain values are JSON", e);
    }
  }
}
