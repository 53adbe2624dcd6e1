package dev.larkspur.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.report.RunStatusText;
import dev.larkspur.run.AttemptEnd;
import dev.larkspur.run.AttemptEnd.Ending;
import dev.larkspur.run.AttemptHistory;
import dev.larkspur.run.AttemptHistory.AttemptWorkers;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.Lease;
import dev.larkspur.train.driver.TrainingJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStatusReaderTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration INTERVAL = TrainingJob.LEASE_BEAT;

  @TempDir private Path directory;

  private RunDirectory run(String name) {
    return new RunDirectory(directory.resolve(name).toString(), new Configuration());
  }

  private List<RunStatus> read(Path path) {
    return new RunStatusReader(
            new Configuration(), InstantSource.fixed(NOW), Duration.ofMinutes(15))
        .read(path.toString());
  }

  private RunStatus status(String name) {
    return read(directory.resolve(name)).get(0);
  }

  /** The summary of a run at step 40 of 100, with 320 tokens a step. */
  private void summary(String name, String status, String progressed) throws IOException {
    run(name)
        .write(
            RunDirectory.SUMMARY,
            """
            {"status": "%s", "failure": %s, "written": "2026-03-01T11:59:50Z", "step": 40,
             "tokens": 12800, "skippedUpdates": 0, "checkpointStep": 40, "steps": 100,
             "activity": "training", "progressed": "%s", "trainingLoss": 3.25,
             "validationLoss": null, "validationPerplexity": null, "unigramPerplexity": 500.0,
             "tokensPerSecond": 100.0, "wallSeconds": 128.0, "parameters": 10,
             "ffnParameters": 5, "trainingFlops": 1.0, "workers": 2, "restarts": 0,
             "engine": "torch", "device": null, "precision": "fp32"}
            """
                .formatted(
                    status, status.equals("failed") ? "\"the disk is full\"" : "null", progressed));
  }

  /** A lease that was last renewed so long ago, and is not released. */
  private Lease lease(String name, Duration age) throws IOException {
    Lease lease = run(name).lease(TrainingJob.TRAINING, INTERVAL, () -> {});
    Files.setLastModifiedTime(
        directory.resolve(name).resolve("train-000001.lease"), FileTime.from(NOW.minus(age)));
    return lease;
  }

  @Test
  void aRunWithALivingDriverRunsAndShowsHowLong() throws Exception {
    summary("a", "running", "2026-03-01T11:59:57Z");
    AttemptHistory history = new AttemptHistory(run("a"));
    new AttemptLog(run("a")).begin("app-1");
    history.working(1, new AttemptWorkers(List.of("node1:4001", "node1:4002"), "cpu"));
    try (Lease lease = lease("a", Duration.ofSeconds(60))) {
      assertThat(lease).isNotNull();
      RunStatus status = status("a");
      assertThat(status.state()).isEqualTo(RunState.RUNNING);
      // 60 steps of 320 tokens at 100 tokens a second.
      assertThat(status.progress().secondsLeft()).isEqualTo(192.0);
      assertThat(status.standing().heartbeat().ageSeconds()).isEqualTo(60.0);
      assertThat(status.standing().heartbeat().process()).isEqualTo(ProcessHandle.current().pid());
      assertThat(RunStatusText.of(List.of(status)))
          .contains("40 of 100 (40 %), training", "3 min 12 s left", "2: node1 (2)");
    }
  }

  @Test
  void aDriverThatMissesSixBeatsIsDead() throws Exception {
    summary("a", "running", "2026-03-01T11:58:50Z");
    new AttemptLog(run("a")).begin("app-1");
    try (Lease lease = lease("a", Duration.ofSeconds(61))) {
      assertThat(lease).isNotNull();
      RunStatus status = status("a");
      assertThat(status.state()).isEqualTo(RunState.DEAD);
      assertThat(status.state().exitCode()).isEqualTo(4);
      assertThat(RunStatusText.of(List.of(status)))
          .contains("dead. its driver (process", "and its driver ended without a word");
    }
  }

  @Test
  void aDriverWhoseWorkersAreSilentIsStalled() throws Exception {
    summary("a", "running", "2026-03-01T11:44:59Z");
    try (Lease lease = lease("a", Duration.ZERO)) {
      assertThat(lease).isNotNull();
      assertThat(status("a").state()).isEqualTo(RunState.STALLED);
      assertThat(status("a").standing().reason()).contains("nothing for 901 s");
    }
  }

  @Test
  void whatHasEndedSaysHow() throws Exception {
    summary("a", "completed", "2026-03-01T11:44:59Z");
    summary("b", "failed", "2026-03-01T11:44:59Z");
    summary("c", "stopped", "2026-03-01T11:44:59Z");
    run("c").write("stop", "");
    run("d").write(RunDirectory.CONFIG, "run { name = four }");
    assertThat(read(directory))
        .extracting(RunStatus::state)
        .containsExactly(
            RunState.COMPLETED, RunState.FAILED, RunState.STOPPED, RunState.NOT_STARTED);
    assertThat(status("b").standing().reason()).isEqualTo("the disk is full");
    assertThat(status("c").standing().reason()).contains("stop holds it");
    assertThat(status("d").name()).isEqualTo("four");
    String table = RunStatusText.of(read(directory));
    assertThat(table.lines().filter(line -> line.startsWith("a "))).hasSize(1);
    assertThat(table).contains("completed", "b: the disk is full");
    assertThat(RunState.mostUrgent(read(directory).stream().map(RunStatus::state).toList()))
        .isEqualTo(RunState.FAILED);
  }

  @Test
  void attemptsSayHowTheyEnded() throws Exception {
    summary("a", "failed", "2026-03-01T11:44:59Z");
    AttemptLog log = new AttemptLog(run("a"));
    AttemptHistory history = new AttemptHistory(run("a"));
    for (int number = 1; number <= 7; number++) {
      assertThat(log.begin("app-1")).isEqualTo(number);
    }
    history.ended(AttemptEnd.now(6, Ending.EVICTED, 20, null));
    history.ended(AttemptEnd.now(7, Ending.FAILED, 40, "worker 1 (node2) does not answer\nmore"));
    // A file that its writer left incomplete.
    Files.writeString(directory.resolve("a/attempts/00000005-ended.json"), "{\"attempt\":5,");
    RunStatus status = status("a");
    assertThat(status.attempts().count()).isEqualTo(7);
    assertThat(status.attempts().newest()).hasSize(5);
    assertThat(status.attempts().newest().get(2).end()).isNull();
    assertThat(RunStatusText.of(List.of(status)))
        .contains("at step 20", "failed", "at step 40: worker 1 (node2) does not answer")
        .doesNotContain("more");
  }

  @Test
  void aDirectoryWithoutARunIsRefused() {
    assertThatThrownBy(() -> read(directory.resolve("nothing")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("there is no run in");
  }
}
