package dev.larkspur.cli;

import dev.larkspur.document.WordNetCorpus;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the sample documents. */
@Command(
    name = "sample-corpus",
    header = "Write WordNet 3.1 as sample documents, in Parquet.",
    description = {
      "",
      "One document an entry, in the schema of RefinedWeb: something real to try the other commands"
          + " on, without a download.",
      "",
      "Example: larkspur sample-corpus --out runs/wordnet",
      ""
    })
final class SampleCorpusCommand implements Runnable {
  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private String out;

  @Mixin private SettingsOptions settingsOptions;
  @Mixin private SparkOptions sparkOptions;

  @Override
  public void run() {
    Settings settings = settingsOptions.load(Purpose.SAMPLE);
    sparkOptions.run(
        settings,
        "larkspur sample-corpus",
        session -> {
          write(session, out, Console.standard());
        });
  }

  static void write(SparkSession session, String out, Console console) {
    WordNetCorpus.Result result = WordNetCorpus.write(session, out);
    boolean written = result.outcome() == WordNetCorpus.Outcome.WRITTEN;
    console.say(
        (written ? "%,d WordNet entries written to %s" : "%,d WordNet entries are in %s already")
            .formatted(result.documents(), out));
  }
}
