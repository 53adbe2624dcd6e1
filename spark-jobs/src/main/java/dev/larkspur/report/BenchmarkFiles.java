package dev.larkspur.report;

import dev.larkspur.run.RunDirectory;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** Where a benchmark leaves its numbers and plots. */
public final class BenchmarkFiles {
  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Directory of the numbers and plots to write (default: ${DEFAULT-VALUE}).")
  private String out = "runs/benchmark";

  /** Writes a report as JSON. */
  public void json(String name, Object report, Configuration hadoop) {
    write(name + ".json", JsonText.of(report) + "\n", hadoop);
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
