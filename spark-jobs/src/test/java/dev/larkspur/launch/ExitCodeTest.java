package dev.larkspur.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.larkspur.cli.Outcome;
import dev.larkspur.document.DocumentException;
import dev.larkspur.engine.EngineException;
import dev.larkspur.export.ModelDirectory;
import dev.larkspur.export.ModelImport;
import dev.larkspur.launch.MasterCheck.SparkStartException;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.train.cluster.Slots.SlotsException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ExitCodeTest {
  private static final class AWSServiceThrottledException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  @Command(name = "larkspur")
  private record Failing(Exception failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      throw failure;
    }
  }

  private static int code(Exception failure) {
    return Outcome.of(
            new CommandLine(new Failing(failure))
                .setExecutionExceptionHandler(new Errors(() -> false)))
        .exitCode();
  }

  @Test
  void badInputWillFailAgain() {
    assertThat(code(new DocumentException("cut", new EOFException()))).isEqualTo(2);
    assertThat(code(new BadInputException("another context"))).isEqualTo(2);
    assertThat(code(new SparkStartException(new IllegalArgumentException("too\n little"))))
        .isEqualTo(2);
    assertThat(code(new IllegalStateException(new BadInputException("in a task")))).isEqualTo(2);
    assertThat(code(new BadInputException("another model"))).isEqualTo(2);
  }

  @Test
  void aModelThatCannotBeImportedIsBadInput(@TempDir Path empty) {
    ModelDirectory files = new ModelDirectory(empty.toString(), new Configuration(false));
    BadInputException none =
        catchThrowableOfType(BadInputException.class, () -> new ModelImport(files));
    assertThat(code(none)).isEqualTo(2);
  }

  @Test
  void whatPassesIsToBeTriedAgain() {
    assertThat(code(new TryAgainException("another run"))).isEqualTo(75);
    assertThat(code(new SlotsException("no slots"))).isEqualTo(75);
    assertThat(code(new DocumentException("list", new ConnectException()))).isEqualTo(75);
    assertThat(code(new BadInputException("open", new SocketTimeoutException()))).isEqualTo(75);
    assertThat(
            code(
                new BadInputException("open", new IOException(new AWSServiceThrottledException()))))
        .isEqualTo(75);
  }

  @Test
  void anythingElseIsAFailure() {
    assertThat(code(new EngineException("no GPU"))).isEqualTo(1);
    assertThat(code(new IllegalStateException("a bug"))).isEqualTo(1);
  }
}
