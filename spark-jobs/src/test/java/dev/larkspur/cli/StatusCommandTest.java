package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StatusCommandTest {
  @TempDir private Path runs;

  private void summary(String run, String status) throws IOException {
    Files.writeString(
        Files.createDirectories(runs.resolve(run)).resolve("summary.json"),
        """
        {"status": "%s", "step": 7, "tokens": 70, "steps": 9, "trainingLoss": 3.5,
         "tokensPerSecond": 10.0}
        """
            .formatted(status));
  }

  @Test
  void aCompletedRunEndsTheWatchWithZero() throws IOException {
    summary("a", "completed");
    Outcome outcome = Outcome.of("status", "--run", runs.resolve("a").toString(), "--watch", "60");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).contains("completed", "7 of 9 (78 %)");
  }

  @Test
  void oneRunIsAJsonObjectAndSeveralAreAnArray() throws IOException {
    summary("a", "completed");
    summary("b", "running");
    ObjectMapper json = new ObjectMapper();
    JsonNode one =
        json.readTree(Outcome.of("status", "--json", "--run", runs.resolve("a").toString()).out());
    assertThat(one.path("state").asText()).isEqualTo("completed");
    assertThat(one.path("progress").path("loss").path("training").asDouble()).isEqualTo(3.5);
    Outcome all = Outcome.of("status", "--json", "--run", runs.toString());
    assertThat(all.exitCode()).isEqualTo(4);
    assertThat(json.readTree(all.out()))
        .extracting(run -> run.path("state").asText())
        .containsExactly("completed", "dead");
  }

  @Test
  void severalRunsAreATable() throws IOException {
    summary("a", "completed");
    summary("b", "failed");
    Outcome outcome = Outcome.of("status", "--run", runs.toString());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out().lines().findFirst().orElseThrow())
        .matches("run\\s+state\\s+step\\s+loss\\s+tokens/s\\s+left\\s+checkpoint\\s+heartbeat");
  }

  @Test
  void aWatchWaitsForTheRun() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    StringWriter err =
        new StringWriter() {
          @Override
          public void flush() {
            waiting.countDown();
          }
        };
    CommandLine command = Larkspur.commandLine().setErr(new PrintWriter(err));
    FutureTask<Integer> exitCode =
        new FutureTask<>(
            () -> command.execute("status", "--run", runs.resolve("a").toString(), "--watch", "1"));
    new Thread(exitCode).start();
    assertThat(waiting.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(err.toString()).contains("there is no run in", "yet");
    summary("a", "completed");
    assertThat(exitCode.get(1, TimeUnit.MINUTES)).isZero();
  }

  @Test
  void aDirectoryWithoutRunsIsRefused() {
    Outcome outcome = Outcome.of("status", "--run", runs.resolve("none").toString());
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("there is no run in", "correct --run");
  }
}
