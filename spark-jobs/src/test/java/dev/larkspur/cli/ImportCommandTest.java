package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportCommandTest {
  @TempDir private Path directory;

  @Test
  void checkpointsOfARunThatHasLostItsSettingsAreNotMixedWithOthers() throws Exception {
    Files.createDirectories(directory.resolve("checkpoints/step-00000020-attempt-1"));
    Outcome outcome = importInto(directory);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("contains checkpoints of a run without config.conf: name another");
  }

  @Test
  void anInterruptedImportIsRepeated() throws Exception {
    Files.createDirectories(directory.resolve("checkpoints/step-00000000-attempt-1"));
    assertThat(importInto(directory).err()).doesNotContain("--run is").contains("no-model");
  }

  private static Outcome importInto(Path run) {
    return Outcome.of(
        "import", "--model", run.resolve("no-model").toString(), "--run", run.toString());
  }
}
