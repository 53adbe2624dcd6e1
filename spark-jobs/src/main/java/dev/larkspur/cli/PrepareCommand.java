package dev.larkspur.cli;

import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.CorpusPart;
import dev.larkspur.corpus.Split;
import dev.larkspur.launch.ExitCode;
import dev.larkspur.prepare.PrepareEstimate;
import dev.larkspur.prepare.PrepareJob;
import dev.larkspur.prepare.PrepareResult;
import dev.larkspur.report.Console;
import dev.larkspur.report.CorpusStats.SourceStats;
import dev.larkspur.report.JobDisplay;
import dev.larkspur.report.PrepareEstimateText;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.DataSettings;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Builds a corpus from documents. */
@Command(
    name = "prepare",
    header = "Build a corpus of token blocks from documents.",
    description = {
      "",
      "Reads data.documents, tokenizes them with data.tokenizer, and writes blocks of data.context"
          + " + 1 tokens in data.shards shards to data.corpus. Document files that the corpus does"
          + " not contain yet become a new part of it; existing parts stay unchanged. --dry-run"
          + " estimates the result first.",
      "",
      "Example: larkspur prepare --documents runs/wordnet --tokenizer gpt2 --corpus runs/corpus"
          + " --set data.context=256",
      ""
    })
final class PrepareCommand implements Callable<Integer> {
  private static final long MEGABYTE = 1_000_000;

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private PathOptions.DocumentsOption documentsOption;
  @Mixin private PathOptions.TokenizerOption tokenizerOption;
  @Mixin private PathOptions.CorpusOption corpusOption;
  @Mixin private SparkOptions sparkOptions;

  @Option(
      names = "--dry-run",
      description =
          "Read a sample, write nothing, and estimate the result and the cost of a full run.")
  private boolean dryRun;

  @Option(
      names = "--sample-megabytes",
      paramLabel = "MB",
      description =
          "Approximate size of the input that --dry-run reads (default: ${DEFAULT-VALUE}).")
  private long sampleMegabytes = 64;

  @Option(names = "--json", description = "Print one JSON object (with --dry-run).")
  private boolean json;

  @Override
  public Integer call() {
    if (sampleMegabytes < 1) {
      throw new ParameterException(
          spec.commandLine(), "--sample-megabytes is " + sampleMegabytes + ": give 1 or more");
    }
    if (json && !dryRun) {
      throw new ParameterException(
          spec.commandLine(), "--json goes with --dry-run: give both, or see corpus stats --json");
    }
    Settings settings =
        settingsOptions.load(Purpose.PREPARE, documentsOption, tokenizerOption, corpusOption);
    return dryRun ? estimate(settings) : prepare(settings);
  }

  private int estimate(Settings settings) {
    AtomicReference<PrepareEstimate> estimate = new AtomicReference<>();
    sparkOptions.run(
        settings,
        "larkspur prepare --dry-run",
        spark -> {
          try (JobDisplay jobs = JobDisplay.of(spark, Console.standard())) {
            PrepareJob.estimate(spark, settings.data().prepare(), sampleMegabytes * MEGABYTE)
                .ifPresent(estimate::set);
          }
        });
    if (estimate.get() == null) {
      Console.standard()
          .say("Nothing to do: " + settings.data().corpus() + " has all document files already");
      return ExitCode.NOTHING_TO_DO;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        json ? PrepareEstimateText.json(estimate.get()) : PrepareEstimateText.of(estimate.get()));
    out.flush();
    return ExitCode.DONE;
  }

  private int prepare(Settings settings) {
    AtomicInteger exitCode = new AtomicInteger();
    sparkOptions.run(
        settings,
        "larkspur prepare",
        spark -> {
          PrepareResult result = prepare(spark, settings, Console.standard());
          if (result.outcome() != PrepareResult.Outcome.PREPARED) {
            exitCode.set(ExitCode.NOTHING_TO_DO);
          }
        });
    return exitCode.get();
  }

  static PrepareResult prepare(SparkContext spark, Settings settings, Console console) {
    DataSettings data = settings.data();
    PrepareResult result;
    try (JobDisplay jobs = JobDisplay.of(spark, console)) {
      result = PrepareJob.run(spark, data.prepare());
    }
    CorpusManifest corpus = result.manifest();
    if (result.outcome() == PrepareResult.Outcome.ALREADY_DONE) {
      console.say(
          "Nothing to do: %s contains all %,d document files already"
              .formatted(data.corpus(), result.filesKnown()));
    } else if (result.outcome() == PrepareResult.Outcome.TOO_LITTLE) {
      console.say("Nothing was added to %s. %s".formatted(data.corpus(), result.reason()));
    } else {
      sayAdded(corpus.parts().get(corpus.number() - 1), result, data.corpus(), console);
    }
    console.say(
        "%s: %,d documents in %,d blocks of %d tokens to train on and %,d to validate%s"
            .formatted(
                data.corpus(),
                corpus.documents().kept(),
                corpus.train().blocks(),
                corpus.context(),
                corpus.validation().blocks(),
                corpus.number() == 1 ? "" : ", in %,d parts".formatted(corpus.number())));
    return result;
  }

  private static void sayAdded(
      CorpusPart part, PrepareResult result, String corpus, Console console) {
    console.say(
        "Added %s of %s (%s known) as part %,d of %s"
            .formatted(
                Count.of(part.documents().kept(), "document"),
                Count.of(result.filesAdded(), "file"),
                result.filesKnown() == 1
                    ? "1 file was"
                    : "%,d files were".formatted(result.filesKnown()),
                result.manifest().number(),
                corpus));
    part.documents()
        .skipped()
        .forEach((reason, count) -> console.say("  skipped %,d: %s".formatted(count, reason)));
    part.documents()
        .dropped()
        .forEach((reason, count) -> console.say("  dropped %,d: %s".formatted(count, reason)));
    part.sources()
        .forEach(
            source ->
                console.say(
                    "  source %s: %s"
                        .formatted(source.name(), SourceStats.of(part, source).line())));
    for (Split split : Split.values()) {
      part.sources()
          .forEach(
              source ->
                  SourceStats.warning(part, source, split)
                      .ifPresent(warning -> console.say("  " + warning)));
    }
  }
}
