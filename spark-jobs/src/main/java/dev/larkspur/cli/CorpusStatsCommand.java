package dev.larkspur.cli;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.prepare.DomainJob;
import dev.larkspur.prepare.DomainJob.DomainCount;
import dev.larkspur.report.Console;
import dev.larkspur.report.CorpusStats;
import dev.larkspur.report.CorpusStatsPage;
import dev.larkspur.report.CorpusStatsText;
import dev.larkspur.report.JobDisplay;
import dev.larkspur.report.JsonText;
import dev.larkspur.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
final class CorpusStatsCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private CorpusOptions corpusOptions;
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
    out.println(json ? JsonText.of(stats) : CorpusStatsText.of(stats));
    out.flush();
    if (html != null) {
      write(CorpusStatsPage.of(corpusOptions.dir(), stats));
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
