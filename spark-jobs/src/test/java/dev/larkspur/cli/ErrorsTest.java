package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.EngineException;
import java.nio.file.NoSuchFileException;
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
  void ourFailuresAreTheirMessage() {
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
  void ourFailuresAreFoundInTheTextOfSparks() {
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

  @Test
  void aMissingFileIsWrongInput() {
    Outcome outcome = failing(new NoSuchFileException("prompts.txt"));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err().lines()).containsExactly("larkspur: there is no file prompts.txt");
  }

  @Test
  void whatIsUnexpectedIsShownInFullAndIsToBeReported() {
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
