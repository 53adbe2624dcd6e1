package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.run.RunDirectory;
import dev.larkspur.storage.Lease;
import dev.larkspur.train.NotingObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopControlTest {
  @TempDir private Path directory;
  private final List<String> notes = new ArrayList<>();

  @Test
  void sigtermBecomesTheStopFileThatIsGoneAfterwards() throws Exception {
    RunDirectory run = run();
    try (Lease lease = run.lease(TrainingJob.TRAINING, Duration.ofDays(1), () -> {})) {
      try (StopControl stopping = StopControl.of(run, lease, new NotingObserver(notes))) {
        stopping.stop();
        assertThat(directory.resolve("stop")).hasContent("SIGTERM\n");
        assertThat(directory.resolve("stop.part")).doesNotExist();
        assertThat(stopping.isStopping()).isTrue();
      }
      assertThat(directory.resolve("stop")).doesNotExist();
    }
  }

  @Test
  void whatAPersonHasPutThereStaysAndHoldsTheRun() throws Exception {
    RunDirectory run = run();
    assertThat(StopControl.isHeld(run)).isFalse();
    try (Lease lease = run.lease(TrainingJob.TRAINING, Duration.ofDays(1), () -> {})) {
      try (StopControl stopping = StopControl.of(run, lease, new NotingObserver(notes))) {
        Files.writeString(directory.resolve("stop"), "");
        assertThat(stopping.isStopping()).isTrue();
        stopping.stop();
      }
      assertThat(directory.resolve("stop")).isEmptyFile();
      assertThat(StopControl.isHeld(run)).isTrue();
      assertThat(notes).last().asString().contains("stop remains", "delete that file to resume");
    }
  }

  @Test
  void whatAKilledDriverHasLeftHoldsNothing() throws Exception {
    RunDirectory run = run();
    Files.writeString(directory.resolve("stop"), "SIGTERM\n");
    assertThat(StopControl.isHeld(run)).isFalse();
    try (Lease lease = run.lease(TrainingJob.TRAINING, Duration.ofDays(1), () -> {});
        StopControl stopping = StopControl.of(run, lease, new NotingObserver(notes))) {
      assertThat(stopping.isStopping()).isFalse();
    }
    assertThat(directory.resolve("stop")).doesNotExist();
  }

  @Test
  void aDriverThatIsKilledWhileItWritesTheFileHoldsNothing() throws Exception {
    Files.writeString(directory.resolve("stop.part"), "");
    assertThat(StopControl.isHeld(run())).isFalse();
    sigtermBecomesTheStopFileThatIsGoneAfterwards();
  }

  @Test
  void aDriverThatAnotherHasTakenOverFromNeitherStopsItNorTakesItsStopFileAway() throws Exception {
    RunDirectory run = run();
    Path successor = directory.resolve("train-000002.lease");
    try (Lease lease = run.lease(TrainingJob.TRAINING, Duration.ofDays(1), () -> {})) {
      try (StopControl stopping = StopControl.of(run, lease, new NotingObserver(notes))) {
        Files.writeString(successor, "{}");
        stopping.stop();
        assertThat(directory.resolve("stop")).doesNotExist();
        assertThat(notes)
            .singleElement()
            .asString()
            .contains("has taken over, because this process was suspended");
        Files.writeString(directory.resolve("stop"), "for the successor");
      }
      assertThat(directory.resolve("stop")).exists();
    }
    assertThat(successor).exists();
  }

  private RunDirectory run() {
    return new RunDirectory(directory.toString(), new Configuration());
  }
}
