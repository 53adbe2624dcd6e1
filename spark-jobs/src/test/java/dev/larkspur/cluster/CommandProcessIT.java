package dev.larkspur.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.train.SmallCorpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the process of a command ends when something outside it does not go well. */
class CommandProcessIT {
  @TempDir private static Path directory;

  @BeforeAll
  static void prepare() throws Exception {
    SmallCorpus.prepare(directory);
  }

  private static List<String> prepareCommand(String master) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("prepare", "--master", master));
    for (String assignment :
        List.of(
            "data.documents=" + directory.resolve("documents.jsonl"),
            "data.tokenizer=" + directory.resolve("tokenizer.json"),
            "data.context=32",
            "data.validation-fraction=0.05",
            "data.shards=24",
            "data.corpus=" + directory.resolve("stopped"))) {
      arguments.addAll(List.of("--set", assignment));
    }
    return BuiltJar.larkspur(arguments.toArray(String[]::new));
  }

  @Test
  void aSignalIsAnsweredInOneLine() throws Exception {
    try (Child child = Child.start(prepareCommand("local[2]"), Map.of())) {
      child.await("  tokenizing");
      child.terminate();

      assertThat(child.exitCode()).as(child.output()).isEqualTo(143);
      assertThat(child.output().lines().filter(line -> !line.startsWith("  ")))
          .containsExactly(
              "larkspur: ended by a signal before it was done: run the same command again");
    }
  }

  @Test
  void inTheLocaleCAJavaThatWouldMissFilesIsRefused() throws Exception {
    try (Child child = Child.start(prepareCommand("local[2]"), Map.of("LC_ALL", "C"))) {
      assertThat(child.exitCode()).as(child.output()).isEqualTo(2);
      assertThat(child.output())
          .startsWith("larkspur: this Java encodes file names as ")
          .hasLineCount(1);
    }
  }
}
