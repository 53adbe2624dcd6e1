package dev.larkspur.cli;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.VerifyJob;
import dev.larkspur.corpus.VerifyJob.VerifyResult;
import dev.larkspur.launch.ExitCode;
import dev.larkspur.prepare.DomainJob;
import dev.larkspur.prepare.DomainJob.DomainCount;
import dev.larkspur.report.Console;
import dev.larkspur.report.CorpusStats;
import dev.larkspur.report.CorpusStatsReport;
import dev.larkspur.report.JobDisplay;
import dev.larkspur.report.JsonReport;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Commands on a finished corpus. */
@Command(
    name = "corpus",
    header = "Verify a corpus, or show its statistics.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CorpusCommand.Verify.class, CorpusCommand.Stats.class})
final class CorpusCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Without a subcommand, shows the subcommands. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The corpus, and the Hadoop configuration to read it with. */
  static final class Options {
    @Option(
        names = "--corpus",
        required = true,
        paramLabel = "DIR",
        description = "Directory of the corpus (its data.corpus).")
    private String dir;

    @Mixin private SettingsOptions settingsOptions;

    String dir() {
      return dir;
    }

    Settings settings() {
      return settingsOptions.load(Purpose.SAMPLE);
    }
  }

  /** Verifies the checksums of a corpus. */
  @Command(
      name = "verify",
      header = "Read every file of a corpus and compare its SHA-256 with the manifest.",
      description = {
        "",
        "Names every missing or damaged file, and exits with 1 if there is any.",
        "",
        "Example: larkspur corpus verify --corpus runs/corpus",
        ""
      })
  static final class Verify implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Options corpusOptions;
    @Mixin private SparkOptions sparkOptions;

    @Override
    public Integer call() {
      Settings settings = corpusOptions.settings();
      AtomicInteger exitCode = new AtomicInteger();
      sparkOptions.run(
          settings,
          "larkspur corpus verify",
          spark -> {
            VerifyResult result;
            try (JobDisplay jobs = JobDisplay.of(spark, Console.standard())) {
              result = VerifyJob.run(spark, corpusOptions.dir());
            }
            PrintWriter out = spec.commandLine().getOut();
            result.problems().forEach(out::println);
            result
                .truncatedManifests()
                .forEach(name -> out.println(name + " is truncated and ignored"));
            out.println(
                "%,d files of %,d bytes: %s"
                    .formatted(
                        result.files(),
                        result.bytes(),
                        result.problems().isEmpty()
                            ? "all match the manifest"
                            : "%,d problems".formatted(result.problems().size())));
            out.flush();
            if (!result.problems().isEmpty()) {
              exitCode.set(ExitCode.FAILURE);
            }
          });
      return exitCode.get();
    }
  }

  /** Shows the statistics of a corpus. */
  @Command(
      name = "stats",
      header = "Show documents, tokens, lengths, domains and rejected records of a corpus.",
      description = {
        "",
        "All statistics but the domains come from the manifest; --domains reads the document files"
            + " again.",
        "",
        "Example: larkspur corpus stats --corpus runs/corpus --html corpus.html",
        ""
      })
  static final class Stats implements Runnable {
    @Spec private CommandSpec spec;
    @Mixin private Options corpusOptions;
    @Mixin private SparkOptions sparkOptions;

    @Option(
        names = "--domains",
        paramLabel = "N",
        description =
            "Count the N domains with the most documents, before curation (default: none).")
    private int domains;

    @Option(
        names = "--html",
        paramLabel = "FILE",
        description = "Write a page with charts to a local file.")
    private Path html;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public void run() {
      if (domains < 0) {
        throw new ParameterException(
            spec.commandLine(), "--domains is " + domains + ": give 0 or more");
      }
      Settings settings = corpusOptions.settings();
      CorpusManifest manifest =
          Corpus.open(corpusOptions.dir(), sparkOptions.hadoop(settings)).manifest();
      CorpusStats stats = CorpusStats.of(manifest, domains(settings, manifest));
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? JsonReport.of(stats) : CorpusStatsReport.text(stats));
      out.flush();
      if (html != null) {
        write(CorpusStatsReport.html(corpusOptions.dir(), stats));
      }
    }

    private List<DomainCount> domains(Settings settings, CorpusManifest manifest) {
      List<DomainCount> counts = new ArrayList<>();
      if (domains > 0) {
        sparkOptions.run(
            settings,
            "larkspur corpus stats",
            spark -> {
              try (JobDisplay jobs = JobDisplay.of(spark, Console.standard())) {
                counts.addAll(DomainJob.run(spark, manifest, domains));
              }
            });
      }
      return counts;
    }

    private void write(String page) {
      try {
        Files.writeString(html, page);
      } catch (IOException failure) {
        throw new ParameterException(
            spec.commandLine(),
            "Cannot write --html " + html + " (" + failure + "): name a file that can be written",
            failure);
      }
    }
  }
}
