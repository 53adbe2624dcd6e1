package dev.larkspur.train;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsProblem;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.Tokenizers;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;

/**
 * What can be found wrong before Spark starts, beyond the settings themselves: whether they fit the
 * corpus.
 */
public final class Preflight {
  private Preflight() {}

  /**
   * Opens the corpus and holds the settings against it.
   *
   * @throws SettingsException if model, tokenizer or batch do not fit
   * @throws dev.larkspur.corpus.CorpusException if there is no whole corpus
   */
  public static void check(Settings settings, Configuration hadoop) {
    Corpus corpus = Corpus.open(settings.data().corpus(), hadoop);
    TrainingJob.modelFor(corpus, settings);
    OptionalInt workers = settings.training().workers();
    if (workers.isPresent()) {
      settings.training().passes(workers.getAsInt());
    }
    if (settings.resolved().hasPath("data.tokenizer")) {
      requireTokenizer(settings.data().tokenizer(), corpus, hadoop);
    }
  }

  private static void requireTokenizer(String name, Corpus corpus, Configuration hadoop) {
    TokenizerIdentity made = corpus.manifest().tokenizer();
    TokenizerIdentity set = Tokenizers.load(name, hadoop).identity();
    if (!made.sameIds(set)) {
      throw new SettingsException(
          List.of(
              new SettingsProblem(
                  "",
                  "data.tokenizer",
                  name,
                  "the corpus was made with another tokenizer, %s of %d entries"
                      .formatted(made.name(), made.vocabulary()),
                  "leave data.tokenizer out, or prepare another corpus with it")));
    }
  }
}
