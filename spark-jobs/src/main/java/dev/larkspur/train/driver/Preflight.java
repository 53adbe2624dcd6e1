package dev.larkspur.train.driver;

import dev.larkspur.collective.compression.ThresholdCodecs;
import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.tokenizer.EndOfText;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerException;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;
import dev.larkspur.tokenizer.TokenizerSource.TokenizerChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Checks before Spark starts, beyond those of the settings themselves: whether they fit the corpus,
 * and whether the libraries that they need are on the class path.
 */
public final class Preflight {
  private static final String TOKENIZER = "data.tokenizer";
  private static final String END_OF_TEXT = "data.end-of-text";
  private static final String COMPRESSION = "training.exchange.compression";

  private Preflight() {}

  /**
   * Opens the corpus and checks the settings against it.
   *
   * @throws SettingsException with all that does not fit: model and tokenizer
   * @throws dev.larkspur.storage.BadInputException if there is no complete corpus
   */
  public static void check(Settings settings, Configuration hadoop) {
    Corpus opened = Corpus.open(settings.data().corpus(), hadoop);
    CorpusManifest corpus = opened.manifest();
    List<SettingsProblem> problems =
        new ArrayList<>(settings.misfits(corpus.context(), corpus.tokenizer().vocabulary()));
    if (settings.resolved().hasPath(TOKENIZER)) {
      otherTokenizer(settings, corpus.tokenizer(), hadoop).ifPresent(problems::add);
    }
    if (settings.resolved().hasPath(END_OF_TEXT)) {
      otherEndOfText(settings, opened.tokenizer()).ifPresent(problems::add);
    }
    missingEncoding(settings).ifPresent(problems::add);
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
  }

  /**
   * Checks the settings of a new run against the model that it starts from; a run that has a
   * checkpoint does not need it.
   *
   * @throws SettingsException with all that does not fit
   * @throws dev.larkspur.storage.BadInputException if there is no such model
   */
  public static void checkInitialModel(Settings settings, Configuration hadoop) {
    String place = settings.run().initialModel();
    if (place != null
        && new CheckpointStore(new RunDirectory(settings.run().dir(), hadoop)).newest().isEmpty()) {
      InitialModel.at(place, hadoop)
          .check(settings, Corpus.open(settings.data().corpus(), hadoop).manifest());
    }
  }

  /**
   * Checks what a training needs on the class path and from the cluster, before anything is
   * created.
   *
   * @param master URL of the cluster
   * @throws SettingsException if a library is not on the class path
   * @throws dev.larkspur.storage.BadInputException if the strategy cannot train on the cluster
   */
  public static void requireTrainable(Settings settings, String master) {
    requireEncoding(settings);
    if (settings.training().strategy().isInRounds()) {
      settings.training().strategy().requireFor(master);
    }
  }

  /**
   * Checks what a compressed exchange needs. Only training needs it, although other commands read
   * the same settings.
   *
   * @throws SettingsException if it is not on the class path
   */
  public static void requireEncoding(Settings settings) {
    missingEncoding(settings)
        .ifPresent(
            problem -> {
              throw new SettingsException(List.of(problem));
            });
  }

  private static Optional<SettingsProblem> missingEncoding(Settings settings) {
    return settings.training().exchange().compresses() && !ThresholdCodecs.present()
        ? Optional.of(
            settings.problem(
                COMPRESSION,
                "the threshold encoding of ND4J is not on the class path",
                ThresholdCodecs.remedy() + ", or set it to none"))
        : Optional.empty();
  }

  private static Optional<SettingsProblem> otherEndOfText(Settings settings, Tokenizer made) {
    String own = made.specialTokens().get(made.endOfText());
    return settings.data().endOfText().equals(own)
        ? Optional.empty()
        : Optional.of(
            settings.problem(
                END_OF_TEXT,
                "documents of the corpus end with " + own,
                "leave data.end-of-text out (null), or prepare another corpus with it"));
  }

  private static TokenizerIdentity identity(String place, int endOfText, Configuration hadoop) {
    try {
      return identity(new TokenizerChoice(place, EndOfText.of(endOfText)), hadoop);
    } catch (TokenizerException e) {
      // Another tokenizer need not have a special token of that id.
      return identity(new TokenizerChoice(place, EndOfText.USUAL), hadoop);
    }
  }

  private static TokenizerIdentity identity(TokenizerChoice choice, Configuration hadoop) {
    return TokenizerSource.read(choice, hadoop).tokenizer().identity();
  }

  private static Optional<SettingsProblem> otherTokenizer(
      Settings settings, TokenizerIdentity made, Configuration hadoop) {
    try {
      TokenizerIdentity set = identity(settings.data().tokenizer(), made.endOfText(), hadoop);
      return made.sameIds(set)
          ? Optional.empty()
          : Optional.of(
              settings.problem(
                  TOKENIZER,
                  "the corpus was prepared with another tokenizer, %s of %d entries"
                      .formatted(made.name(), made.vocabulary()),
                  "leave data.tokenizer out (null), or prepare another corpus with it"));
    } catch (TokenizerException e) {
      return Optional.of(
          settings.problem(
              TOKENIZER,
              e.getMessage(),
              "leave data.tokenizer out (null): the corpus has a copy of its tokenizer"));
    }
  }
}
