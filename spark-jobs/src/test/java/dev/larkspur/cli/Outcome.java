package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
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

  /** Asserts that the command failed with one message and no stack trace. */
  void assertOneMessage() {
    assertThat(err).startsWith("larkspur: ").doesNotContain("\tat ");
    assertThat(err.lines().filter(line -> line.startsWith("larkspur: "))).hasSize(1);
  }
}
