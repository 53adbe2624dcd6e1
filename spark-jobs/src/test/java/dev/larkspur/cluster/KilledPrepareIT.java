package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prepare} killed with {@code kill -9} in every phase, and run again. */
class KilledPrepareIT {
  @TempDir private static Path directory;

  @BeforeAll
  static void writeDocuments() throws Exception {
    SparkSession spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(spark, directory);
    } finally {
      spark.stop();
    }
  }

  private static Child prepare(String corpus, String... files) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("prepare", "--master", "local[2]"));
    for (String assignment :
        List.of(
            "data.documents=[" + String.join(",", files) + "]",
            "data.format=jsonl",
            "data.tokenizer=" + directory.resolve("tokenizer.json"),
            "data.context=32",
            "data.validation-fraction=0.05",
            "data.shards=24",
            "data.corpus=" + directory.resolve(corpus))) {
      arguments.addAll(List.of("--set", assignment));
    }
    return Child.start(BuiltJar.larkspur(arguments.toArray(String[]::new)), Map.of());
  }

  private static void run(int expectedExitCode, String corpus, String... files) throws Exception {
    try (Child child = prepare(corpus, files)) {
      assertThat(child.exitCode()).as(child.output()).isEqualTo(expectedExitCode);
    }
  }

  private static Map<String, byte[]> content(String corpus) throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    try (var files = Files.list(directory.resolve(corpus))) {
      for (Path file : files.toList()) {
        content.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return content;
  }

  @Test
  void runAgainItEndsWithTheSameBytes() throws Exception {
    String first = quoted(directory.resolve("documents.jsonl"));
    Path more = directory.resolve("more.jsonl");
    Files.write(more, Files.readAllLines(Path.of(first.replace("\"", ""))).subList(0, 2000));
    String second = quoted(more);
    run(0, "uncut", first);
    run(0, "uncut", first, second);
    run(3, "uncut", first, second);

    for (String phase : List.of("  tokenizing", "  packing blocks", "  writing shards")) {
      kill(phase, first);
    }
    run(0, "killed", first);
    kill("  writing shards", first, second);
    run(0, "killed", first, second);
    Map<String, byte[]> uncut = content("uncut");
    Map<String, byte[]> killed = content("killed");
    assertThat(killed.keySet()).isEqualTo(uncut.keySet());
    uncut.forEach((name, bytes) -> assertThat(killed.get(name)).as(name).isEqualTo(bytes));
  }

  private static void kill(String phase, String... files) throws Exception {
    try (Child killed = prepare("killed", files)) {
      killed.await(phase);
      killed.kill();
      assertThat(killed.output()).doesNotContain("Took");
    }
  }

  private static String quoted(Path path) {
    return '"' + path.toString() + '"';
  }
}
