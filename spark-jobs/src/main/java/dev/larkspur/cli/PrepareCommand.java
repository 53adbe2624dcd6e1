package dev.larkspur.cli;

import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.corpus.PrepareJob;
import dev.larkspur.corpus.PrepareResult;
import dev.larkspur.corpus.PrepareSettings;
import dev.larkspur.settings.DataSettings;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes a corpus of documents. */
@Command(
    name = "prepare",
    header = "Turn documents into a corpus of token blocks.",
    description = {
      "",
      "Reads data.documents, tokenizes them with data.tokenizer, and writes blocks of data.context + 1"
          + " tokens in data.shards shards to data.corpus. A finished corpus is left as it is.",
      "",
      "Example: larkspur prepare --set data.documents=runs/wordnet --set data.tokenizer=gpt2"
          + " --set data.context=256 --set data.corpus=runs/corpus",
      ""
    })
final class PrepareCommand implements Runnable {
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private SparkOptions sparkOptions;

  @Override
  public void run() {
    Settings settings = settingsOptions.load(Purpose.PREPARE);
    sparkOptions.run(
        settings,
        "larkspur prepare",
        session -> {
          prepare(session, settings, Console.standard());
        });
  }

  static void prepare(SparkSession session, Settings settings, Console console) {
    DataSettings data = settings.data();
    PrepareSettings prepare =
        new PrepareSettings(
            data.documents(),
            data.format(),
            data.tokenizer(),
            data.context(),
            data.validationFraction(),
            data.shards(),
            data.seed(),
            data.corpus(),
            data.fields(),
            data.rejected(),
            data.curation());
    PrepareResult result;
    try (JobDisplay jobs = JobDisplay.of(session, console)) {
      result = PrepareJob.run(session, prepare);
    }
    CorpusManifest corpus = result.manifest();
    console.say(
        (result.outcome() == PrepareResult.Outcome.PREPARED
                ? "%,d documents became %,d blocks of %d tokens to train on and %,d to validate, in %s"
                : "%,d documents are %,d blocks of %d tokens to train on and %,d to validate in %s already")
            .formatted(
                corpus.documents().kept(),
                corpus.train().blocks(),
                corpus.context(),
                corpus.validation().blocks(),
                data.corpus()));
    corpus
        .documents()
        .skipped()
        .forEach((reason, count) -> console.say("  skipped %,d: %s".formatted(count, reason)));
    corpus
        .documents()
        .dropped()
        .forEach((reason, count) -> console.say("  dropped %,d: %s".formatted(count, reason)));
  }
}
