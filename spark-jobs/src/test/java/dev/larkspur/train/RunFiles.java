package dev.larkspur.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a run has left in its directory. */
final class RunFiles {
  private RunFiles() {}

  /** Paths of all files, below the directory. */
  static List<String> names(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> run.relativize(file).toString())
          .toList();
    }
  }

  /** All lines of metrics, in the order of the pieces. */
  static List<JsonNode> metrics(Path run) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(run.resolve("metrics"))) {
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(json.readTree(line));
        }
      }
    }
    return lines;
  }
}
