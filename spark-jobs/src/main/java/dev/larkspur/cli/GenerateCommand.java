package dev.larkspur.cli;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.evaluate.EvaluationJob;
import dev.larkspur.generate.GenerationSettings;
import dev.larkspur.generate.Generator;
import dev.larkspur.generate.Generator.PromptException;
import dev.larkspur.generate.Generator.Speed;
import dev.larkspur.generate.Generator.TextListener;
import dev.larkspur.generate.TrainedModel;
import dev.larkspur.report.Console;
import dev.larkspur.report.TextsInOrder;
import dev.larkspur.report.TextsInOrder.TextsAsJson;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.storage.QualifiedPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Continues texts. */
@Command(
    name = "generate",
    header = "Continue texts with a run's newest checkpoint.",
    description = {
      "",
      "Streams a text until the model ends it, --tokens tokens are generated, or the context is"
          + " full. Several texts are generated as a batch, and printed in the order of their"
          + " prompts.",
      "",
      "Example: larkspur generate --run runs/quickstart --prompt \"larkspur (noun\" --tokens 60",
      ""
    })
final class GenerateCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private RunOptions runOptions;
  @Mixin private SparkOptions sparkOptions;
  @Mixin private Prompts prompts;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Generate at most N tokens for each text (default: ${DEFAULT-VALUE}).")
  private int tokens = 100;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 always takes the most likely token (default: ${DEFAULT-VALUE}).")
  private double temperature = 0.8;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Sample from the K most likely tokens; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK = 50;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Sample from the most likely tokens with a total probability of P; 1 for all (default:"
              + " ${DEFAULT-VALUE}).")
  private double topP = 1;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = {
        "The same seed generates the same text (default: ${DEFAULT-VALUE}).",
        "With several prompts, the first uses seed S, the next S + 1, and so on."
      })
  private long seed = 1;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Generate at most N texts at a time (default: ${DEFAULT-VALUE}).")
  private int batch = 8;

  @Option(
      names = "--merge",
      paramLabel = "WHEN",
      description = {
        "Merge low-rank factors into dense matrices: auto, always or never (default: auto).",
        "auto merges where that is faster for the batch, as measured on CPUs: in small networks."
      })
  private FactorMerge merge = FactorMerge.AUTO;

  @Option(names = "--json", description = "Print a JSON object per line for each text.")
  private boolean json;

  @Override
  public void run() {
    GenerationSettings how = settings();
    Settings settings = runOptions.settings(sparkOptions, Purpose.GENERATE);
    Configuration hadoop = sparkOptions.hadoop(settings);
    List<String> texts = prompts.read(hadoop, spec);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (TrainedModel model = model(runOptions.dir(), settings, hadoop)) {
      TextListener listener = json ? new TextsAsJson(texts, out) : new TextsInOrder(texts, out);
      Speed speed = generate(model, texts, how, listener);
      err.println(text(speed));
      err.flush();
    }
  }

  private GenerationSettings settings() {
    try {
      return new GenerationSettings(tokens, temperature, topK, topP, seed, batch);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Speed generate(
      TrainedModel model, List<String> texts, GenerationSettings how, TextListener listener) {
    try {
      return generator(model, merge).generate(texts, how, listener);
    } catch (PromptException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Continues prompts with a run's newest checkpoint. */
  static void generate(
      String runDir,
      Settings settings,
      Configuration hadoop,
      List<String> prompts,
      GenerationSettings how,
      TextListener listener) {
    try (TrainedModel model = model(runDir, settings, hadoop)) {
      generator(model, FactorMerge.AUTO).generate(prompts, how, listener);
    }
  }

  private static TrainedModel model(String runDir, Settings settings, Configuration hadoop) {
    Checkpoint newest = EvaluationJob.newestCheckpoint(runDir, hadoop, Console.standard()::say);
    return TrainedModel.load(new RunDirectory(runDir, hadoop), newest, settings, hadoop);
  }

  private static Generator generator(TrainedModel model, FactorMerge merge) {
    return new Generator(model.replica(), model.config().context(), model.tokenizer(), merge);
  }

  private static String text(Speed speed) {
    return "%s in %.2f s: %,.1f tokens/s, after %s of prompts in %.2f s"
        .formatted(
            Count.of(speed.tokens(), "token"),
            speed.seconds(),
            speed.tokensPerSecond(),
            Count.of(speed.promptTokens(), "token"),
            speed.promptSeconds());
  }

  /** The texts to continue. */
  static final class Prompts {
    /** Some editors write it at the beginning of a UTF-8 file. */
    private static final String BYTE_ORDER_MARK = "\ufeff";

    @Option(
        names = "--prompt",
        paramLabel = "TEXT",
        description = {
          "Text to continue; without any, a new document is begun.",
          "May be repeated."
        })
    private List<String> texts = new ArrayList<>();

    @Option(
        names = "--prompts",
        paramLabel = "FILE",
        description = "File of texts to continue, one per line, UTF-8, on any file system.")
    private String file;

    /**
     * The prompts in the order given.
     *
     * @throws ParameterException if the file cannot be read or has no line, or both options are
     *     given
     */
    List<String> read(Configuration hadoop, CommandSpec spec) {
      if (file == null) {
        return texts.isEmpty() ? List.of("") : List.copyOf(texts);
      }
      if (!texts.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "--prompt and --prompts are both given: give one of the two");
      }
      List<String> lines;
      try {
        lines = lines(QualifiedPath.given(file), hadoop);
      } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
        throw new ParameterException(
            spec.commandLine(),
            "--prompts is %s, which cannot be read (%s): name a text file"
                .formatted(file, e.getMessage()),
            e);
      }
      if (lines.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(),
            "--prompts is " + file + ", which is empty: give one prompt per line");
      }
      return lines;
    }

    private static List<String> lines(Path path, Configuration hadoop) throws IOException {
      // A decoder, unlike a charset, does not replace malformed bytes.
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  PrivateBuffers.fileSystem(path, hadoop).open(path),
                  StandardCharsets.UTF_8.newDecoder()))) {
        List<String> lines = new ArrayList<>(reader.lines().toList());
        if (!lines.isEmpty() && lines.get(0).startsWith(BYTE_ORDER_MARK)) {
          lines.set(0, lines.get(0).substring(BYTE_ORDER_MARK.length()));
        }
        return lines;
      } catch (MalformedInputException | UncheckedIOException e) {
        if (e instanceof MalformedInputException
            || e.getCause() instanceof MalformedInputException) {
          throw new IOException("it is not UTF-8", e);
        }
        throw e;
      }
    }
  }
}
