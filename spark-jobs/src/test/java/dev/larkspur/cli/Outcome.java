package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/** What a command printed and returned. */
public record Outcome(int exitCode, String out, String err) {

  static Outcome of(String... arguments) {
    return of(Larkspur.commandLine(), arguments);
  }

  public static Outcome of(CommandLine commandLine, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  /**
   * Runs a program to its end.
   *
   * @param directory for two files with what it prints, so that it never waits for a reader
   */
  public static Outcome of(ProcessBuilder program, Path directory) throws Exception {
    Path out = directory.resolve("stdout");
    Path err = directory.resolve("stderr");
    Files.writeString(err, "");
    int exitCode =
        program.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
    return new Outcome(exitCode, Files.readString(out), Files.readString(err));
  }

  /** Asserts that the command failed with one message and no stack trace. */
  void assertOneMessage() {
    assertThat(err).startsWith("larkspur: ").doesNotContain("\tat ");
    assertThat(err.lines().filter(line -> line.startsWith("larkspur: "))).hasSize(1);
  }
}
