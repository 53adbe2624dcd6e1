package dev.larkspur.cli;

import dev.larkspur.benchmark.WallRounds;
import dev.larkspur.report.JsonText;

import java.io.PrintWriter;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a benchmark of one process measures, and how it prints what it has measured. */
final class WallClockOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Measure each N times, print medians (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Repeat what takes less, and take the mean (default: ${DEFAULT-VALUE}).")
  private double seconds = 0.2;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /**
   * @param rounds without the option
   */
  WallClockOptions(int rounds) {
    this.rounds = rounds;
  }

  /**
   * What the options ask for.
   *
   * @throws ParameterException if it cannot be
   */
  WallRounds rounds() {
    if (rounds < 1) {
      throw refusal("--rounds is " + rounds + ": give 1 or more");
    }
    if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw refusal("--seconds is " + seconds + ": give a finite number of at least 0");
    }
    return new WallRounds(rounds, seconds);
  }

  /** Prints a report as JSON, if that is asked for, or as text. */
  void print(Object report, Supplier<String> text) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonText.of(report) : text.get());
    out.flush();
  }

  ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
