package dev.larkspur.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.larkspur.benchmark.EngineTask.Request;
import dev.larkspur.engine.Engines;
import dev.larkspur.run.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Java process that runs one engine, so that its memory is measured by itself. It works only
 * while it serves a request, and ends when closed.
 */
final class EngineProcess implements AutoCloseable {
  private static final long SECONDS_TO_END = 10;

  private final EngineTask task;
  private final Process process;
  private final BufferedReader answers;
  private ObjectOutputStream requests;

  /** Starts the process. */
  EngineProcess(EngineTask task) {
    this.task = task;
    try {
      process =
          new ProcessBuilder(command(task.engine()))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      answers = process.inputReader(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  EngineTask task() {
    return task;
  }

  private static List<String> command(String engine) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // Debuggers and profilers stay with this process.
      if (!argument.startsWith("-agent") && !argument.startsWith("-javaagent")) {
        command.add(argument);
      }
    }
    command.add("-cp");
    command.add(
        String.join(
            File.pathSeparator,
            System.getProperty("java.class.path"),
            jarOf(EngineWorker.class),
            jarOf(Engines.named(engine).getClass())));
    command.add(EngineWorker.class.getName());
    return command;
  }

  /** The jar or directory of a class, which spark-submit does not put on the class path. */
  private static String jarOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @param type of the answer
   * @throws StepBenchmarkException if the process has failed
   */
  <T> T ask(Request request, Class<T> type) {
    try {
      if (requests == null) {
        requests = new ObjectOutputStream(process.getOutputStream());
        requests.writeObject(task);
      }
      requests.writeObject(request);
      requests.flush();
      return Json.mapper().readValue(answer(), type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer of another type", e);
    } catch (IOException e) {
      throw failed("it ended", e);
    }
  }

  private String answer() throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(EngineWorker.ANSWER)) {
        return line.substring(EngineWorker.ANSWER.length());
      }
      if (line.startsWith(EngineWorker.FAILURE)) {
        throw failed(line.substring(EngineWorker.FAILURE.length()), null);
      }
    }
    throw failed("it ended; it may have run out of memory", null);
  }

  private StepBenchmarkException failed(String reason, Throwable cause) {
    return new StepBenchmarkException(
        "the process that measures %s failed: %s. See its messages above; leave this engine out of --engines, or measure a smaller model"
            .formatted(task.engine(), reason),
        cause);
  }

  /** Processor time of all its threads so far, in seconds; NaN if the system does not report it. */
  double processorSeconds() {
    return process
        .toHandle()
        .info()
        .totalCpuDuration()
        .map(duration -> duration.toMillis() / 1e3)
        .orElse(Double.NaN);
  }

  /** Peak resident memory, in bytes; NaN if the system does not report it. */
  double peakBytes() {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    if (!Files.exists(status)) {
      return Double.NaN;
    }
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> 1024.0 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
