package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.larkspur.document.DocumentFormat;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.prepare.PrepareSettings;
import dev.larkspur.prepare.PrepareSettings.Blocks;
import dev.larkspur.prepare.PrepareSettings.Input;
import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code prepare} killed with {@code kill -9} in every phase, and run again. */
class KilledPrepareIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path directory;

  @BeforeAll
  static void writeDocuments() throws Exception {
    SparkContext spark = SmallCorpus.spark();
    try {
      SmallCorpus.prepare(directory);
      Path first = directory.resolve("documents.jsonl");
      Files.write(directory.resolve("more.jsonl"), Files.readAllLines(first).subList(0, 2000));
      uncut(spark, first);
      uncut(spark, first, directory.resolve("more.jsonl"));
    } finally {
      spark.stop();
    }
  }

  private static void uncut(SparkContext spark, Path... files) {
    PrepareJob.run(
        spark,
        new PrepareSettings(
            Input.of(Stream.of(files).map(Path::toString).toList(), DocumentFormat.JSONL),
            directory.resolve("tokenizer.json").toString(),
            new Blocks(32, 0.05, 24, 1005),
            directory.resolve("uncut").toString()));
  }

  private static Child prepare(String corpus, String... files) throws Exception {
    return Child.start(
        BuiltJar.larkspur(arguments(corpus, files).toArray(String[]::new)), Map.of());
  }

  private static List<String> arguments(String corpus, String... files) {
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
    return arguments;
  }

  private static String[] onCluster(String corpus, String... files) {
    List<String> arguments = arguments("", files);
    arguments.addAll(List.of("--set", "data.corpus=" + corpus));
    return arguments.toArray(String[]::new);
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
    String second = quoted(directory.resolve("more.jsonl"));
    for (String phase : List.of("  tokenizing", "  packing blocks", "  writing shards")) {
      kill(phase, first);
    }
    run(0, "killed", first);
    kill("  writing shards", first, second);
    run(0, "killed", first, second);
    assertSame("killed", content("uncut"));
  }

  /** Executors of a real cluster, in each phase; their shuffle files go with them. */
  @Test
  void executorsThatAreKilledAreMadeUpFor() throws Exception {
    String first = quoted(directory.resolve("documents.jsonl"));
    try (StandaloneCluster cluster =
            new StandaloneCluster(Files.createDirectories(directory.resolve("cluster")), 2);
        Child driver =
            cluster.submit(onCluster(relative(directory.resolve("cluster-corpus")), first))) {
      for (String phase : List.of("  tokenizing", "  packing blocks", "  writing shards")) {
        driver.await(phase);
        cluster.killExecutor();
      }
      assertThat(driver.exitCode()).as(driver.output()).isZero();
      refusesADirectoryThatExecutorsDoNotSee(cluster, first);
    }
    Map<String, byte[]> uncut = content("uncut");
    uncut.keySet().removeIf(name -> name.contains("000002"));
    assertSame("cluster-corpus", uncut);
  }

  /** Each process has a working directory of its own. */
  private static void refusesADirectoryThatExecutorsDoNotSee(
      StandaloneCluster cluster, String documents) throws Exception {
    String corpus = "/proc/self/cwd/target/corpus-not-seen-by-executors";
    try (Child driver = cluster.submit(onCluster(corpus, documents))) {
      assertThat(driver.exitCode()).as(driver.output()).isEqualTo(2);
      assertThat(driver.output())
          .contains("does not see file:" + corpus + " of the driver", "name a path that every host")
          .doesNotContain("  tokenizing");
    }
    assertThat(Path.of("target/corpus-not-seen-by-executors")).doesNotExist();
  }

  /** A path that means another directory in the executors' working directories. */
  private static String relative(Path path) {
    return Path.of("").toAbsolutePath().relativize(path).toString();
  }

  private static void assertSame(String corpus, Map<String, byte[]> expected) throws IOException {
    Map<String, byte[]> content = content(corpus);
    assertThat(content.keySet()).isEqualTo(expected.keySet());
    for (Map.Entry<String, byte[]> file : expected.entrySet()) {
      String name = file.getKey();
      if (name.startsWith("manifest")) {
        assertThat(withoutWriter(content.get(name)))
            .as(name)
            .isEqualTo(withoutWriter(file.getValue()));
      } else {
        assertThat(content.get(name)).as(name).isEqualTo(file.getValue());
      }
    }
  }

  /**
   * The jar names its version, the classes of a test have none; the checksum is that of the text.
   */
  private static ObjectNode withoutWriter(byte[] manifest) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(manifest);
    return json.without(List.of("bytes", "writtenBy", "sha256"));
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
