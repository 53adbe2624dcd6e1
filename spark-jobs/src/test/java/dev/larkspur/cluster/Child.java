package dev.larkspur.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process whose output can be waited on; gone when closed. */
public final class Child implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 300;

  private final Process process;
  private final Thread reader;
  private final StringBuilder output = new StringBuilder();
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

  private Child(Process process) {
    this.process = process;
    reader = new Thread(this::read, "output of process " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  public static Child start(List<String> command, Map<String, String> environment)
      throws IOException {
    return start(Path.of("").toAbsolutePath(), command, environment);
  }

  /** The same in a directory. */
  static Child start(Path directory, List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().remove("SPARK_HOME");
    builder.environment().putAll(environment);
    return new Child(builder.start());
  }

  private void read() {
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (output) {
          output.append(line).append('\n');
        }
        lines.add(Optional.of(line));
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    } finally {
      lines.add(Optional.empty());
    }
  }

  /**
   * Waits for a line of its output.
   *
   * @throws IllegalStateException if it ends, or minutes pass, without such a line
   */
  public Matcher await(String regex) throws InterruptedException {
    Pattern pattern = Pattern.compile(regex);
    while (true) {
      Optional<String> line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null || line.isEmpty()) {
        throw new IllegalStateException("no line like " + regex + " in:\n" + output());
      }
      Matcher matcher = pattern.matcher(line.get());
      if (matcher.find()) {
        return matcher;
      }
    }
  }

  /** Waits for its end; the exit code. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("it does not end:\n" + output());
    }
    // What it has printed last may still be on its way.
    reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    return process.exitValue();
  }

  /** The process. */
  ProcessHandle handle() {
    return process.toHandle();
  }

  /** SIGTERM; what it still prints is read, unlike after {@code Process.destroy}. */
  public void terminate() {
    process.toHandle().destroy();
  }

  /** Processes that it has started. */
  public List<ProcessHandle> children() {
    return process.children().toList();
  }

  /** {@code kill -9}, and waits until it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** A process that it has started, if there is one. */
  Optional<ProcessHandle> child() {
    return process.children().filter(ProcessHandle::isAlive).findAny();
  }

  /** All that it has printed so far. */
  public String output() {
    synchronized (output) {
      return output.toString();
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
