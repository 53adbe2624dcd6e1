package dev.larkspur.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Tells from outside what a Java process is doing. */
final class StackTraces {
  private StackTraces() {}

  /**
   * Looks at processes in turn until one is somewhere.
   *
   * @param methods any of them, such as {@code Type.method}
   * @return that process
   */
  static ProcessHandle awaitAny(List<ProcessHandle> processes, String... methods)
      throws IOException, InterruptedException {
    while (true) {
      for (ProcessHandle process : processes) {
        String stacks = of(process);
        if (Arrays.stream(methods).anyMatch(method -> stacks.contains(method + "("))) {
          return process;
        }
        if (!process.isAlive()) {
          throw new IllegalStateException("process " + process.pid() + " has ended");
        }
      }
    }
  }

  private static String of(ProcessHandle process) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "Thread.print")
            .redirectErrorStream(true)
            .start();
    String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    jcmd.waitFor();
    return output;
  }
}
