package dev.larkspur.cli;

import dev.larkspur.document.WordNetCorpus;
import dev.larkspur.document.WordNetVariations;
import dev.larkspur.report.Console;
import dev.larkspur.report.JobDisplay;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import org.apache.spark.SparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes the sample documents. */
@Command(
    name = "sample-corpus",
    header = "Write WordNet 3.1 as sample documents, in Parquet.",
    description = {
      "",
      "Writes one document per entry, in the schema of RefinedWeb: real text to try the other"
          + " commands with, without a download. With --megabytes, writes as much text as a"
          + " measurement needs.",
      "",
      "Example: larkspur sample-corpus --documents runs/wordnet",
      ""
    })
final class SampleCorpusCommand implements Runnable {
  @Option(
      names = "--documents",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write documents to.")
  private String documents;

  @Option(
      names = "--megabytes",
      paramLabel = "MB",
      description = {
        "Write N MB of text instead, for measurements: pages of entries in varied order, with some",
        "words changed, as JSON lines; the same bytes every time."
      })
  private Integer megabytes;

  @Spec private CommandSpec spec;
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private SparkOptions sparkOptions;

  @Override
  public void run() {
    if (megabytes != null && megabytes < 1) {
      throw new ParameterException(
          spec.commandLine(), "--megabytes is " + megabytes + ": give 1 or more");
    }
    Settings settings = settingsOptions.load(Purpose.SAMPLE);
    sparkOptions.run(
        settings,
        "larkspur sample-corpus",
        spark -> {
          if (megabytes == null) {
            write(spark, documents, Console.standard());
          } else {
            writeVariations(spark, Console.standard());
          }
        });
  }

  private void writeVariations(SparkContext spark, Console console) {
    spark.setJobDescription("writing sample documents");
    try (JobDisplay jobs = JobDisplay.of(spark, console)) {
      long written = WordNetVariations.write(spark, documents, megabytes);
      console.say(
          "%,d documents of varied WordNet entries, %,d MB, written to %s"
              .formatted(written, megabytes, documents));
    }
  }

  static void write(SparkContext spark, String out, Console console) {
    WordNetCorpus.Result result = WordNetCorpus.write(spark, out);
    boolean written = result.outcome() == WordNetCorpus.Outcome.WRITTEN;
    console.say(
        (written ? "%,d WordNet entries written to %s" : "%,d WordNet entries are in %s already")
            .formatted(result.documents(), out));
  }
}
