package dev.larkspur.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.store.Json;

/** What {@code --json} prints. */
final class JsonText {
  private static final ObjectMapper JSON = Json.mapper();

  private JsonText() {}

  /** A record, or a list of them, indented. */
  static String of(Object records) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(records);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of plain values are JSON", e);
    }
  }
}
