package dev.larkspur.cli;

import dev.larkspur.settings.SettingsException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.lang3.exception.ExceptionUtils;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * How failures reach the user: an expected one as its message alone, an unexpected one with its
 * stack trace and a request to report it.
 */
final class Errors implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final String OURS = "dev.larkspur.";

  /** One of our exceptions in the text of Spark's, which does not always keep it as the cause. */
  private static final Pattern IN_TEXT =
      Pattern.compile("(?m)^.*?\\bdev\\.larkspur\\.[\\w.]+Exception: (.+(?:\\n(?!\\s*at ).+)*)");

  private final BooleanSupplier verbose;

  /**
   * @param verbose whether stack traces are to be shown always
   */
  Errors(BooleanSupplier verbose) {
    this.verbose = verbose;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("larkspur: " + failure.getMessage());
    NearestWord.of(failure).ifPresent(word -> err.println("Did you mean: " + word + "?"));
    err.println(command.getCommandSpec().qualifiedName() + " --help shows what there is.");
    trace(failure, err);
    err.flush();
    return ExitCode.BAD_INPUT;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof ParameterException wrong) {
      return handleParseException(wrong, new String[0]);
    }
    PrintWriter err = command.getErr();
    Optional<Expected> expected = expected(failure);
    if (expected.isPresent()) {
      err.println("larkspur: " + expected.get().message());
      trace(failure, err);
    } else {
      failure.printStackTrace(err);
      err.println();
      err.println(
          "larkspur: this should not have happened. Please report it in the project's issue tracker,"
              + " with the text above, the command, and its settings.");
    }
    err.flush();
    return expected.map(Expected::exitCode).orElseGet(() -> ExitCode.of(failure));
  }

  private void trace(Exception failure, PrintWriter err) {
    if (verbose.getAsBoolean()) {
      failure.printStackTrace(err);
    }
  }

  private record Expected(String message, int exitCode) {}

  private static Optional<Expected> expected(Exception failure) {
    List<Throwable> chain = ExceptionUtils.getThrowableList(failure);
    return chain.stream()
        .flatMap(cause -> known(cause).stream())
        .findFirst()
        .or(() -> chain.stream().flatMap(cause -> inText(cause).stream()).findFirst());
  }

  private static Optional<Expected> known(Throwable cause) {
    if (cause instanceof SettingsException) {
      return Optional.of(new Expected(cause.getMessage(), ExitCode.BAD_INPUT));
    }
    if (cause instanceof NoSuchFileException missing) {
      return Optional.of(new Expected("there is no file " + missing.getFile(), ExitCode.BAD_INPUT));
    }
    if (cause instanceof RuntimeException && cause.getClass().getName().startsWith(OURS)) {
      return Optional.of(new Expected(cause.getMessage(), ExitCode.of(cause)));
    }
    return Optional.empty();
  }

  private static Optional<Expected> inText(Throwable cause) {
    Matcher matcher = IN_TEXT.matcher(String.valueOf(cause.getMessage()));
    return matcher.find()
        ? Optional.of(new Expected(matcher.group(1).strip(), ExitCode.FAILURE))
        : Optional.empty();
  }
}
