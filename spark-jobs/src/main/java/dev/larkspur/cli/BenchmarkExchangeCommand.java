package dev.larkspur.cli;

import dev.larkspur.benchmark.ExchangeBenchmark;
import dev.larkspur.benchmark.ExchangeBenchmark.ExchangePlan;
import dev.larkspur.benchmark.ExchangeBenchmark.ExchangePlan.CompressionPlan;
import dev.larkspur.benchmark.ExchangeReport;
import dev.larkspur.collective.compression.ThresholdCodecs;
import dev.larkspur.costmodel.PlannedModel;
import dev.larkspur.report.Console;
import dev.larkspur.report.ExchangeReportText;
import dev.larkspur.report.JsonReport;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import java.io.PrintWriter;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the gradient exchange. */
@Command(
    name = "exchange",
    header = "Measure the gradient exchange between workers.",
    description = {
      "",
      "Measures the bandwidth of the all-reduce, beside a copy over plain sockets between the same"
          + " workers; how much of the exchange is hidden behind the backward pass; and the speedup"
          + " of all workers over one, with the same batch per worker. Wall clock, in turn,"
          + " medians. The workers are Spark tasks, embedded or on a cluster. Model, batch and"
          + " exchange come from the settings, by default those of the quickstart.",
      "",
      "With --compression also at which bandwidths a compressed exchange makes steps faster, and"
          + " what it costs in loss.",
      "",
      "Example: larkspur benchmark exchange --conf conf/model/s.conf"
          + " --set training.micro-batch=4 --set training.global-batch=8",
      ""
    })
final class BenchmarkExchangeCommand implements Runnable {
  private static final int LARGEST_MEBIBYTES = 1024;

  /** At a low bandwidth a step takes long, and the same in each round. */
  private static final int MOST_TIMED_ROUNDS = 3;

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private SparkOptions sparkOptions;

  @Option(
      names = "--sizes",
      paramLabel = "MIB",
      split = ",",
      description =
          "Sizes of the vectors to all-reduce, in MiB of fp32 (default: ${DEFAULT-VALUE}).")
  private List<Integer> sizes = List.of(1, 4, 16, 64);

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "Measure each N times and print medians (default: ${DEFAULT-VALUE}); steps of"
              + " --compression, which take long at low bandwidths, at most "
              + MOST_TIMED_ROUNDS
              + " times at each bandwidth.")
  private int rounds = 9;

  @Option(
      names = "--compression",
      description =
          "Also compare the compressed exchange (training.exchange.threshold) with the exact one:"
              + " bytes and loss after training both on the same tokens of an artificial language,"
              + " and the time of a step at simulated bandwidths.")
  private boolean compression;

  @Option(
      names = "--bandwidths",
      paramLabel = "MBIT",
      split = ",",
      description =
          "Bandwidths of a worker's link to simulate for --compression, in Mbit/s (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Double> bandwidths = List.of(10.0, 100.0, 1000.0, 10_000.0);

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps to train for --compression (default: ${DEFAULT-VALUE}).")
  private int steps = 200;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    check();
    Settings settings = settingsOptions.overQuickstart("").load(Purpose.BENCHMARK);
    ExchangePlan plan = plan(settings);
    Console console = Console.standard();
    PrintWriter out = spec.commandLine().getOut();
    sparkOptions.run(
        settings,
        "larkspur benchmark exchange",
        spark -> {
          console.status("measuring the exchange of %d workers".formatted(plan.workers()));
          ExchangeReport report =
              ExchangeBenchmark.run(JavaSparkContext.fromSparkContext(spark), plan);
          console.clearStatus();
          out.println(json ? JsonReport.of(report) : ExchangeReportText.of(report));
          out.flush();
        });
  }

  private void check() {
    if (rounds < 1) {
      throw refusal("--rounds must be at least 1");
    }
    if (steps < 1) {
      throw refusal("--steps must be at least 1");
    }
    if (bandwidths.stream().anyMatch(bandwidth -> !(bandwidth > 0))) {
      throw refusal("--bandwidths must be above 0");
    }
    if (sizes.stream().anyMatch(size -> size < 1 || size > LARGEST_MEBIBYTES)) {
      throw refusal("--sizes must be from 1 to %d".formatted(LARGEST_MEBIBYTES));
    }
  }

  private ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private ExchangePlan plan(Settings settings) {
    TrainingSettings training = settings.training();
    int workers = training.workers().orElse(2);
    if (workers < 2) {
      throw refusal("training.workers must be at least 2: one worker exchanges nothing");
    }
    if (!training.divideAmong(workers)) {
      throw refusal(
          "training.global-batch = %d does not divide into passes of %d on %s"
              .formatted(
                  training.globalBatch(), training.microBatch(), Count.of(workers, "worker")));
    }
    return new ExchangePlan(
        workers,
        rounds,
        sizes.stream().map(size -> (long) size << 20).toList(),
        new PlannedModel(settings, () -> sparkOptions.hadoop(settings), Console.standard()::say)
            .model(),
        new ExchangePlan.Worker(
            training.compute().engine(),
            training.compute().device(),
            training.compute().threadsPerWorker().orElse(1),
            training.compute().precision(),
            training.microBatch(),
            training.globalBatch() / workers / training.microBatch()),
        training.exchange(),
        compression ? compressionPlan(training) : null);
  }

  private CompressionPlan compressionPlan(TrainingSettings training) {
    if (!ThresholdCodecs.present()) {
      throw refusal(
          "--compression needs the threshold encoding of ND4J, which is not on the class path: "
              + ThresholdCodecs.remedy());
    }
    return new CompressionPlan(
        training.schedule(steps),
        training.optimization().gradientClip(),
        bandwidths,
        Math.min(rounds, MOST_TIMED_ROUNDS));
  }
}
