package dev.larkspur.cli;

import dev.larkspur.cli.PathOptions.Shorthand;
import dev.larkspur.document.DocumentSource;
import dev.larkspur.report.Console;
import dev.larkspur.report.JobDisplay;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.tokenizer.BpeTrainer;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerException;
import dev.larkspur.tokenizer.TrainedTokenizer;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Learns a tokenizer. */
@Command(
    name = "train-tokenizer",
    header = "Learn a byte-level BPE tokenizer from documents.",
    description = {
      "",
      "Reads data.documents and writes a Hugging Face tokenizer.json of tokenizer.vocabulary"
          + " entries to tokenizer.out.",
      "",
      "Example: larkspur train-tokenizer --documents runs/wordnet --tokenizer runs/tokenizer.json"
          + " --set tokenizer.vocabulary=4096",
      ""
    })
final class TrainTokenizerCommand implements Runnable {
  @Mixin private SettingsOptions settingsOptions;
  @Mixin private PathOptions.DocumentsOption documentsOption;
  @Mixin private LearnedTokenizerOption tokenizerOption;
  @Mixin private SparkOptions sparkOptions;

  @Override
  public void run() {
    Settings settings =
        settingsOptions.load(Purpose.LEARN_TOKENIZER, documentsOption, tokenizerOption);
    sparkOptions.run(
        settings,
        "larkspur train-tokenizer",
        spark -> {
          train(spark, settings, Console.standard());
        });
  }

  static void train(SparkContext spark, Settings settings, Console console) {
    String out = settings.tokenizer().out();
    int vocabulary = settings.tokenizer().vocabulary();
    Configuration hadoop = spark.hadoopConfiguration();
    Optional<Tokenizer> there = TrainedTokenizer.at(out, hadoop);
    if (there.isPresent()) {
      requireSize(out, there.get().vocabulary(), vocabulary);
      console.say("A tokenizer of %,d entries is in %s already".formatted(vocabulary, out));
      return;
    }
    RunDirectory.refuseRelative(JavaSparkContext.fromSparkContext(spark), out);
    DocumentSource documents = settings.data().source();
    try (JobDisplay jobs = JobDisplay.of(spark, console)) {
      BpeTrainer.train(spark, documents, vocabulary).write(out, hadoop);
    }
    console.say("A tokenizer of %,d entries written to %s".formatted(vocabulary, out));
  }

  private static void requireSize(String out, int existing, int requested) {
    if (existing != requested) {
      throw new TokenizerException(
          "%s exists already and has %,d entries, not %,d: delete it, or name another file with --tokenizer"
              .formatted(out, existing, requested));
    }
  }

  /** The tokenizer to write. */
  private static final class LearnedTokenizerOption implements Shorthand {
    private static final String NAME = "--tokenizer";

    @Option(
        names = NAME,
        paramLabel = "FILE",
        description = "File to write (short for tokenizer.out).")
    private String file;

    @Override
    public void addTo(SettingsLoader loader) {
      loader.option(NAME, "tokenizer.out", file);
    }
  }
}
