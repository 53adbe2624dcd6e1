package dev.larkspur.cli;

import dev.larkspur.benchmark.WallRounds;
import dev.larkspur.report.JsonReport;
import dev.larkspur.run.RunDirectory;
import java.io.PrintWriter;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Benchmarks, one subcommand for each. */
@Command(
    name = "benchmark",
    header = "Measure how fast a part of Larkspur is on this machine.",
    description = {"", "Example: larkspur benchmark prepare --tokenizer gpt2", ""},
    subcommands = {
      BenchmarkStepCommand.class,
      BenchmarkFfnCommand.class,
      BenchmarkModelCommand.class,
      BenchmarkDecodeCommand.class,
      BenchmarkEnginesCommand.class,
      BenchmarkPrepareCommand.class,
      BenchmarkExchangeCommand.class,
      BenchmarkDl4jCommand.class,
      BenchmarkCheckpointCommand.class
    },
    synopsisSubcommandLabel = "PART")
final class BenchmarkCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** How a benchmark in one process measures and prints. */
  static final class WallClockOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
        names = "--rounds",
        paramLabel = "N",
        description = "Measure each N times and print medians (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        description =
            "Repeat shorter work for this time, and take the mean (default: ${DEFAULT-VALUE}).")
    private double seconds = 0.2;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /**
     * @param rounds default of the option
     */
    WallClockOptions(int rounds) {
      this.rounds = rounds;
    }

    /**
     * The rounds that the options select.
     *
     * @throws ParameterException if a value is invalid
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

    /** Prints a report as text, or as JSON if requested. */
    void print(Object report, Supplier<String> text) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? JsonReport.of(report) : text.get());
      out.flush();
    }

    ParameterException refusal(String message) {
      return new ParameterException(spec.commandLine(), message);
    }
  }

  /** The directory where a benchmark writes its numbers and plots. */
  public static final class ReportOption {
    @Option(
        names = "--report",
        paramLabel = "DIR",
        description = "Directory for numbers and plots (default: ${DEFAULT-VALUE}).")
    private String out = "runs/benchmark";

    /** Writes a report as JSON. */
    public void json(String name, Object report, Configuration hadoop) {
      write(name + ".json", JsonReport.of(report) + "\n", hadoop);
    }

    /** Writes a plot. */
    public void svg(String name, String svg, Configuration hadoop) {
      write(name + ".svg", svg, hadoop);
    }

    public String directory() {
      return out;
    }

    private void write(String name, String content, Configuration hadoop) {
      new RunDirectory(out, hadoop).write(name, content);
    }
  }
}
