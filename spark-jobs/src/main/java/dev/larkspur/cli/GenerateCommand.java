package dev.larkspur.cli;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Replica;
import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.generate.GenerationSettings;
import dev.larkspur.generate.Generator;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.DeviceChoice;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.store.CheckpointStore;
import dev.larkspur.store.RunDirectory;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.Tokenizers;
import dev.larkspur.train.Engines;
import java.io.PrintWriter;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Continues text. */
@Command(
    name = "generate",
    header = "Continue a text with a run's newest checkpoint.",
    description = {
      "",
      "The text is printed as it comes, and ends where the model ends it.",
      "",
      "Example: larkspur generate --run runs/quickstart --prompt \"larkspur (noun\" --tokens 60",
      ""
    })
final class GenerateCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private RunOptions runOptions;
  @Mixin private SparkOptions sparkOptions;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "Text to continue; without it, a new document begins.")
  private String prompt = "";

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Add at most N tokens (default: ${DEFAULT-VALUE}).")
  private int tokens = 100;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 takes the likeliest token each time (default: ${DEFAULT-VALUE}).")
  private double temperature = 0.8;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw among the K likeliest; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK = 50;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "The same seed draws the same text (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Override
  public void run() {
    GenerationSettings how = how();
    Settings settings = runOptions.settings(sparkOptions, Purpose.GENERATE);
    generate(
        runOptions.dir(),
        settings,
        sparkOptions.hadoop(settings),
        prompt,
        how,
        spec.commandLine().getOut());
  }

  private GenerationSettings how() {
    try {
      return new GenerationSettings(tokens, temperature, topK, seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  static void generate(
      String runDir,
      Settings settings,
      Configuration hadoop,
      String prompt,
      GenerationSettings how,
      PrintWriter out) {
    RunDirectory run = new RunDirectory(runDir, hadoop);
    ModelConfig model =
        settings
            .model()
            .toConfig(
                settings.model().context().orElseThrow(),
                settings.model().vocabulary().orElseThrow());
    Device device =
        settings.training().device() == DeviceChoice.CUDA
            ? Device.cuda(0)
            : Device.cpu(Runtime.getRuntime().availableProcessors());
    Tokenizer tokenizer = tokenizer(run, settings, hadoop);
    try (Replica replica =
        Engines.named(settings.training().engine())
            .replica(model, device, settings.training().precision())) {
      new CheckpointStore(run)
          .loadParameters(
              EvaluationJob.newestCheckpoint(runDir, hadoop, Console.standard()::say).name(),
              replica);
      out.print(prompt);
      new Generator(replica, model.context(), tokenizer)
          .generate(
              prompt,
              how,
              text -> {
                out.print(text);
                out.flush();
              });
      out.println();
      out.flush();
    }
  }

  /** The run's own copy, or the one that has no file. */
  private static Tokenizer tokenizer(RunDirectory run, Settings settings, Configuration hadoop) {
    String source =
        TokenizerIdentity.FILE_NAMES.stream()
            .filter(run::has)
            .map(copy -> run.path(copy).toString())
            .findFirst()
            .orElseGet(() -> settings.data().tokenizer());
    return Tokenizers.load(source, hadoop);
  }
}
