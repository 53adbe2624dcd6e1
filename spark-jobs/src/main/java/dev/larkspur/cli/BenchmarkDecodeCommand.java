package dev.larkspur.cli;

import dev.larkspur.benchmark.DecodeBenchmark;
import dev.larkspur.benchmark.DecodeReport;
import dev.larkspur.benchmark.WallRounds;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.train.Engines;
import java.io.PrintWriter;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures decoding with factors and with their products. */
@Command(
    name = "decode",
    header = "Measure decoding with factors, and merged into dense matrices.",
    description = {
      "",
      "The paper's pre-merge: where the product of the factors is faster, and what --merge auto of"
          + " generate chooses. Wall clock, in turn, medians. Model, device and precision are those"
          + " of the settings; of the quickstart without any.",
      "",
      "Example: larkspur benchmark decode --conf conf/model/s.conf --set model.layers=4"
          + " --set training.tokens=null",
      ""
    })
final class BenchmarkDecodeCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private BenchmarkFiles files;

  // Not an option here: Spark is not started.
  private final SparkOptions sparkOptions = new SparkOptions();

  @Option(
      names = "--sequences",
      paramLabel = "N",
      split = ",",
      description = "Sequences side by side (default: ${DEFAULT-VALUE}).")
  private List<Integer> sequences = List.of(1, 4, 16, 64);

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Tokens of each, at most the context (default: ${DEFAULT-VALUE}).")
  private int tokens = 32;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Measure each N times, print medians (default: ${DEFAULT-VALUE}).")
  private int rounds = 5;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Repeat what takes less, and take the mean (default: ${DEFAULT-VALUE}).")
  private double seconds = 0.2;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    if (rounds < 1 || tokens < 2 || sequences.stream().anyMatch(count -> count < 1)) {
      throw refusal("--rounds and --sequences must be at least 1, --tokens at least 2");
    }
    Settings settings =
        settingsOptions
            .over("the benchmark", "include \"conf/quickstart.conf\"")
            .load(Purpose.DESCRIBE);
    Configuration hadoop = sparkOptions.hadoop(settings);
    Console console = Console.standard();
    ModelConfig model = new PlannedModel(settings, hadoop, console::say).model();
    if (tokens > model.context()) {
      throw refusal("--tokens is %d: the model reads %d".formatted(tokens, model.context()));
    }
    TrainingSettings training = settings.training();
    DecodeReport report =
        new DecodeBenchmark(
                Engines.named(training.engine()),
                LocalDevice.of(training),
                training.precision(),
                new WallRounds(rounds, seconds))
            .measure(model, sequences.stream().sorted().toList(), tokens, console::status);
    console.clearStatus();
    files.json("decode", report, hadoop);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonText.of(report) : DecodeText.of(report));
    out.flush();
    console.say("Numbers are in " + files.directory());
  }

  private ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
