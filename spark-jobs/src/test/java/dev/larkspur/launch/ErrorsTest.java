package dev.larkspur.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.cli.Outcome;
import dev.larkspur.engine.EngineException;
import dev.larkspur.launch.ClusterLoss.SparkEndedException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ErrorsTest {

  @Command(name = "larkspur")
  private record Failing(Exception failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      throw failure;
    }
  }

  @Test
  void ourFailuresArePrintedAsTheirMessage() {
    Outcome outcome = failing(new EngineException("no GPU: set training.device = cpu"));

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .containsExactly("larkspur: no GPU: set training.device = cpu");
  }

  @Test
  void ourFailuresAreFoundBelowSparks() {
    Outcome outcome = failing(new SparkException("Job aborted", new EngineException("no GPU")));

    assertThat(outcome.err().lines()).containsExactly("larkspur: no GPU");
  }

  @Test
  void ourFailuresAreFoundInSparksText() {
    Outcome outcome =
        failing(
            new SparkException(
                """
                Job aborted due to stage failure: Could not recover from a failed barrier ResultStage. \
                dev.larkspur.engine.EngineException: no GPU
                \tat dev.larkspur.engine.Torch.device(Torch.java:3)
                """));

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().lines()).containsExactly("larkspur: no GPU");
  }

  /** A cause that cannot be serialized leaves text only; the type in it is ours to read. */
  @Test
  void theTypesInSparksTextDetermineTheExitCode() {
    String lost =
        """
        Job aborted due to stage failure: Task 3 in stage 2.0 failed 1 times, most recent failure: \
        Lost task 3.0 in stage 2.0 (TID 7) (host executor driver): \
        %s: a.warc.gz is cut: replace it
        \tat dev.larkspur.document.Warc.next(Warc.java:3)
        Caused by: %s: at byte 7
        \t... 14 more

        Driver stacktrace:
        """;

    assertThat(
            failing(
                new SparkException(
                    lost.formatted(
                        "dev.larkspur.document.DocumentException", "org.other.ParseException"))))
        .isEqualTo(new Outcome(2, "", "larkspur: a.warc.gz is cut: replace it\n"));
    assertThat(
            failing(
                    new SparkException(
                        lost.formatted(
                            "dev.larkspur.document.DocumentException",
                            "java.net.ConnectException")))
                .exitCode())
        .isEqualTo(75);
    assertThat(
            failing(
                    new SparkException(
                        lost.formatted(
                            "dev.larkspur.engine.EngineException", "org.other.ParseException")))
                .exitCode())
        .isEqualTo(1);
  }

  @Test
  void outOfMemoryHasARemedyWhereverItOccurs() {
    assertThat(failing(new IllegalStateException(new OutOfMemoryError("Java heap space"))).err())
        .startsWith("larkspur: out of memory (Java heap space): give the driver more")
        .doesNotContain("\tat ");
    assertThat(
            failing(
                    new SparkException(
                        "Task 0 failed: java.lang.OutOfMemoryError: Java heap space\n"
                            + "\tat a.B.c(B:1)"))
                .err())
        .startsWith("larkspur: out of memory (Java heap space): give the driver more")
        .doesNotContain("\tat ");
  }

  @Test
  void failuresOfSystemAndClusterHaveNoStackTrace() {
    Outcome denied = failing(new UncheckedIOException(new AccessDeniedException("/root/p.txt")));
    Outcome ended =
        failing(new SparkException("Job 3 cancelled because SparkContext was shut down"));
    Outcome stopped = failing(new SparkEndedException(new IllegalStateException("no context")));
    Outcome linked = failing(new IllegalStateException(new NoSuchMethodError("a.B.c()")));
    Outcome network = failing(new UncheckedIOException(new ConnectException("refused")));

    assertThat(denied.exitCode()).isEqualTo(2);
    assertThat(ended.exitCode()).isEqualTo(75);
    assertThat(stopped.exitCode()).isEqualTo(75);
    assertThat(linked.exitCode()).isEqualTo(1);
    assertThat(network.exitCode()).isEqualTo(75);
    assertThat(List.of(denied, ended, stopped, linked, network))
        .allSatisfy(outcome -> assertThat(outcome.err().lines()).hasSize(1));
  }

  @Test
  void aMissingFileIsWrongInput() {
    Outcome outcome = failing(new NoSuchFileException("prompts.txt"));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err().lines()).containsExactly("larkspur: there is no file prompts.txt");
  }

  @Test
  void unexpectedFailuresAreShownInFull() {
    Outcome outcome = failing(new IllegalStateException("a bug"));

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).contains("IllegalStateException: a bug", "\tat ", "Please report it");
  }

  private static Outcome failing(Exception failure) {
    return Outcome.of(
        new CommandLine(new Failing(failure))
            .setExecutionExceptionHandler(new Errors(() -> false)));
  }
}
