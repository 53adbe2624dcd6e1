package dev.larkspur.launch;

import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.compression.ThresholdCodec.CompressionException;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.EngineException.NativeLibraryException;
import dev.larkspur.report.StandardOutput;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.storage.TransientFailures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.apache.hadoop.security.AccessControlException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * How failures reach the user: an expected one as its message alone, an unexpected one with its
 * stack trace and a request to report it.
 */
public final class Errors implements IExecutionExceptionHandler, IParameterExceptionHandler {
  /** Exceptions with a message for the user, thrown by modules that do not depend on storage. */
  private static final List<Class<? extends RuntimeException>> ENGINE =
      List.of(
          CompressionException.class,
          EngineException.class,
          NativeLibraryException.class,
          PeerLostException.class,
          SafetensorsException.class);

  /** As other programs exit: 128 plus the number of SIGPIPE. */
  private static final int CLOSED_PIPE = 141;

  private final BooleanSupplier verbose;

  /**
   * @param verbose whether to always show stack traces
   */
  public Errors(BooleanSupplier verbose) {
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
    if (Termination.hasBegun()) {
      // Spark has stopped with the JVM; the resulting failure is not reported.
      trace(failure, err);
      err.flush();
      return ExitCode.TRY_AGAIN;
    }
    if (failure instanceof StandardOutput.FailedException unwritten) {
      int code = report(unwritten, err::println);
      err.flush();
      return code;
    }
    Optional<Expected> expected = expected(failure);
    if (expected.isPresent()) {
      err.println("larkspur: " + expected.get().message());
      trace(failure, err);
    } else {
      failure.printStackTrace(err);
      err.println();
      err.println(
          "larkspur: this should not have happened. Please report it in the project's issue"
              + " tracker, with the text above, the command, and its settings.");
    }
    err.flush();
    return expected.map(Expected::exitCode).orElseGet(() -> ExitCode.of(failure));
  }

  /** Reports that the result could not be written, unless its reader closed the pipe. */
  public static int report(StandardOutput.FailedException failure, Consumer<String> say) {
    if (failure.isClosed()) {
      return CLOSED_PIPE;
    }
    say.accept("larkspur: " + failure.getMessage());
    return ExitCode.FAILURE;
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
        .or(() -> chain.stream().flatMap(cause -> inText(cause).stream()).findFirst())
        .or(() -> chain.stream().flatMap(cause -> outside(cause, failure).stream()).findFirst());
  }

  private static Optional<Expected> known(Throwable cause) {
    if (cause instanceof NoSuchFileException missing) {
      return Optional.of(new Expected("there is no file " + missing.getFile(), ExitCode.BAD_INPUT));
    }
    if (isOurs(cause.getClass())) {
      return Optional.of(new Expected(cause.getMessage(), ExitCode.of(cause)));
    }
    if (cause instanceof OutOfMemoryError) {
      return Optional.of(outOfMemory(cause.getMessage()));
    }
    if (cause instanceof StackOverflowError) {
      return Optional.of(
          new Expected(
              "what was read is nested too deeply for the stack of this Java: make it flatter, or"
                  + " enlarge the stack (LARKSPUR_JAVA_ARGS=-Xss16m)",
              ExitCode.FAILURE));
    }
    if (cause instanceof LinkageError) {
      return Optional.of(
          new Expected(
              "a library is missing, or another version of it comes first on the class path (%s):"
                      .formatted(cause)
                  + " take other jars off the class path, or build larkspur.jar anew",
              ExitCode.FAILURE));
    }
    return Optional.empty();
  }

  /** Whether the messages of an exception type are for the user. */
  private static boolean isOurs(Class<?> type) {
    return LarkspurException.class.isAssignableFrom(type)
        || ENGINE.stream().anyMatch(engine -> engine.isAssignableFrom(type));
  }

  /**
   * Finds one of our exceptions in the text of Spark's, which does not always keep it as the cause.
   */
  private static Optional<Expected> inText(Throwable cause) {
    FailureText text = new FailureText(String.valueOf(cause.getMessage()));
    return text.message()
        .map(message -> new Expected(message, text.exitCode().orElseGet(() -> ExitCode.of(cause))))
        .or(() -> text.outOfMemory().map(Errors::outOfMemory));
  }

  private static Expected outOfMemory(String what) {
    return new Expected(
        "out of memory (%s): give the driver more (LARKSPUR_HEAP=4g, or spark.driver.memory), and executors of a cluster spark.executor.memory"
            .formatted(what),
        ExitCode.FAILURE);
  }

  /** What the operating system, storage or the cluster refused. */
  private static Optional<Expected> outside(Throwable cause, Exception failure) {
    String what = String.valueOf(cause.getMessage());
    if (cause instanceof AccessDeniedException || cause instanceof AccessControlException) {
      return Optional.of(
          new Expected(
              "permission denied: %s. Give this user access, or name another place".formatted(what),
              ExitCode.BAD_INPUT));
    }
    if (cause instanceof FileNotFoundException) {
      return Optional.of(
          new Expected(
              "cannot open a file: %s. Correct the path, or the rights".formatted(what),
              ExitCode.BAD_INPUT));
    }
    if (cause instanceof FileSystemException) {
      return Optional.of(
          new Expected(
              "cannot use a file: %s. Correct the path, or name another place".formatted(what),
              ExitCode.of(failure)));
    }
    if (cause instanceof IOException && TransientFailures.isTransient(cause)) {
      return Optional.of(
          new Expected(
              "storage or network fail (%s): run the same command again later".formatted(cause),
              ExitCode.TRY_AGAIN));
    }
    if (ClusterLoss.hasEnded(cause)) {
      return Optional.of(
          new Expected(
              "the cluster has ended Spark while the command was at work (%s): run the same command again"
                  .formatted(what.lines().findFirst().orElse("")),
              ExitCode.TRY_AGAIN));
    }
    return ClusterLoss.executors(cause)
        .map(
            why ->
                new Expected(
                    "executors died %s: look for the reason in their logs; often they need more memory (spark.executor.memory, and spark.executor.memoryOverhead for LibTorch)"
                        .formatted(why),
                    ExitCode.FAILURE));
  }

  /**
   * The exceptions in a message of Spark. If the cause of a task's exception cannot be serialized,
   * it reaches the driver as text only. Its type still determines the exit code.
   */
  private static final class FailureText {
    private static final Pattern EXCEPTION =
        Pattern.compile(
            "(?m)^.*?\\b((?:[a-z]\\w*\\.)+[A-Z][\\w$]*(?:Exception|Error)): (.+(?:\\n"
                + "(?!\\s*at |Caused by:).+)*)");

    private final List<Found> found = new ArrayList<>();

    private record Found(Class<?> type, String message) {}

    FailureText(String text) {
      Matcher matcher = EXCEPTION.matcher(text);
      for (int from = 0; matcher.find(from); from = matcher.end(1)) {
        String message = matcher.group(2).strip();
        type(matcher.group(1)).ifPresent(type -> found.add(new Found(type, message)));
      }
    }

    private static Optional<Class<?>> type(String name) {
      try {
        return Optional.of(Class.forName(name, false, FailureText.class.getClassLoader()));
      } catch (ClassNotFoundException | LinkageError unknown) {
        return Optional.empty();
      }
    }

    /** The message of the first exception that is ours. */
    Optional<String> message() {
      return found.stream().filter(each -> isOurs(each.type())).map(Found::message).findFirst();
    }

    /** The message of an error of the JVM, such as an OutOfMemoryError. */
    Optional<String> outOfMemory() {
      return found.stream()
          .filter(each -> OutOfMemoryError.class.isAssignableFrom(each.type()))
          .map(Found::message)
          .findFirst();
    }

    /** The code that the types give; empty if none gives one. */
    Optional<Integer> exitCode() {
      List<Integer> codes = found.stream().map(each -> ExitCode.ofType(each.type())).toList();
      return Stream.of(ExitCode.TRY_AGAIN, ExitCode.BAD_INPUT).filter(codes::contains).findFirst();
    }
  }
}
