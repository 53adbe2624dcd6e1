package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.train.RunFiles;
import dev.larkspur.train.SmallCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A grid of trainings, interrupted and resumed. */
class ScalingCommandIT {
  @TempDir private Path directory;

  @BeforeEach
  void prepare() throws Exception {
    SmallCorpus.prepare(directory);
  }

  @Test
  void scalingTrainsAGridAndResumesIt() throws Exception {
    Outcome first = Outcome.of(scalingArguments("training.learning-rate=0.003"));
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out()).contains("Trainings", "big, low").doesNotContain("Power laws");
    Path grid = directory.resolve("grid");
    assertThat(Files.readString(grid.resolve("index.html"))).contains("<svg", "big, low");
    assertThat(grid.resolve("small-low-3/report.html")).content().contains("completed");
    JsonNode results = new ObjectMapper().readTree(grid.resolve("results.json").toFile());
    assertThat(results.path("runs")).hasSize(2);
    Files.delete(grid.resolve("small-low-3/summary.json"));
    FileUtils.deleteDirectory(RunFiles.checkpoint(grid.resolve("small-low-3"), 4).toFile());
    Files.delete(grid.resolve("results.json"));

    Outcome second = Outcome.of(scalingArguments("training.learning-rate=0.003"));
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(attempts(grid.resolve("small-low-3"))).isEqualTo(2);
    assertThat(attempts(grid.resolve("big-low-3"))).isEqualTo(1);
    JsonNode again = new ObjectMapper().readTree(grid.resolve("results.json").toFile());
    assertThat(again.findValuesAsText("loss"))
        .hasSize(2)
        .isEqualTo(results.findValuesAsText("loss"));

    Outcome other = Outcome.of(scalingArguments("training.learning-rate=0.004"));
    assertThat(other.exitCode()).isNotZero();
    assertThat(other.err())
        .contains("small-low-3 holds a training with other settings")
        .contains("training.learning-rate was 0.003 and is 0.004");
    other.assertOneMessage();
  }

  private static int attempts(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("attempts"))) {
      return (int)
          files.filter(file -> file.getFileName().toString().matches("\\d+\\.json")).count();
    }
  }

  private String[] scalingArguments(String more) {
    List<String> arguments = new ArrayList<>(List.of("scaling", "--master", "local[2]"));
    String[] grid = {
      "run.seed=1",
      "training.steps=4",
      "training.validation-every=4",
      "checkpoint.every=2",
      "scaling.seeds=[3]",
      "scaling.sizes=[{ name = small }, { name = big, model.layers = 3 }]",
      "scaling.kinds=[{ name = low }]",
      more
    };
    for (String assignment : SmallCorpus.arguments(directory, "grid", grid)) {
      arguments.addAll(List.of("--set", assignment));
    }
    return arguments.toArray(String[]::new);
  }
}
