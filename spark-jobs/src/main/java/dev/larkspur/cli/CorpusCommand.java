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

/** What can be done with a finished corpus. */
@Command(
    name = "corpus",
    header = "Verify a corpus, or show what is in it.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {CorpusCommand.Verify.class, CorpusCommand.Stats.class})
final class CorpusCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Without a command there is nothing to do but show them. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** A corpus, and how its file system is reached. */
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

  /** Hashes a corpus again. */
  @Command(
      name = "verify",
      header = "Read every file of a corpus and compare its SHA-256 with the manifest.",
      description = {
        "",
        "Names every file that is missing or damaged; exits 1 if there is one.",
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
          session -> {
            VerifyResult result;
            try (JobDisplay jobs = JobDisplay.of(session, Console.standard())) {
              result = VerifyJob.run(session, corpusOptions.dir());
            }
            PrintWriter out = spec.commandLine().getOut();
            result.problems().forEach(out::println);
            result
                .cutManifests()
                .forEach(cut -> out.println(cut + " is cut off and does not count"));
            out.println(
                "%,d files of %,d bytes: %s"
                    .formatted(
                        result.files(),
                        result.bytes(),
                        result.problems().isEmpty()
                            ? "all as the manifest says"
                            : "%,d problems".formatted(result.problems().size())));
            out.flush();
            if (!result.problems().isEmpty()) {
              exitCode.set(ExitCode.FAILURE);
            }
          });
      return exitCode.get();
    }
  }

  /** Shows what is in a corpus. */
  @Command(
      name = "stats",
      header = "Show documents, tokens, lengths, domains and rejected records of a corpus.",
      description = {
        "",
        "All but the domains is in the manifest; --domains reads the document files again.",
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
            "Count the N domains with the most documents, before curation (none by default).")
    private int domains;

    @Option(
        names = "--html",
        paramLabel = "FILE",
        description = "Write a page with plots to a file of this machine.")
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
            session -> {
              try (JobDisplay jobs = JobDisplay.of(session, Console.standard())) {
                counts.addAll(DomainJob.run(session, manifest, domains));
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
