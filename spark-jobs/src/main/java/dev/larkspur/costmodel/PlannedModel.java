package dev.larkspur.costmodel;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.tokenizer.TokenizerException;
import dev.larkspur.tokenizer.TokenizerSource;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The model that settings describe, even before its corpus or tokenizer exists: context and
 * vocabulary come from the corpus if it exists, else from the settings that would build it.
 */
public final class PlannedModel {
  private static final String CORPUS = "data.corpus";
  private static final String TOKENIZER = "data.tokenizer";
  private static final String LEARNED = "tokenizer.out";

  private final Settings settings;
  private final Supplier<Configuration> hadoop;
  private final Consumer<String> notes;
  private CorpusManifest corpus;

  /**
   * @param hadoop makes the configuration of the file systems, which takes a while; asked only if a
   *     path is given
   * @param notes receives what does not exist yet, and what is assumed instead
   */
  public PlannedModel(Settings settings, Supplier<Configuration> hadoop, Consumer<String> notes) {
    this.settings = settings;
    this.hadoop = hadoop;
    this.notes = notes;
  }

  /**
   * The model.
   *
   * @throws SettingsException if the model does not fit the corpus, or the tokenizer neither exists
   *     nor would be learned
   * @throws dev.larkspur.storage.BadInputException if the corpus is incomplete
   */
  public ModelConfig model() {
    if (settings.resolved().hasPath(CORPUS)) {
      if (exists(CORPUS, settings.data().corpus())) {
        corpus = Corpus.open(settings.data().corpus(), hadoop.get()).manifest();
        return of(corpus);
      }
      notes.accept(
          "data.corpus = %s does not exist yet: assuming that it is prepared with data.context = %d"
              .formatted(settings.data().corpus(), settings.data().context()));
    }
    return settings.model().toConfig(settings.data().context(), vocabulary());
  }

  /** The corpus; empty unless {@link #model} has found one. */
  public Optional<CorpusManifest> corpus() {
    return Optional.ofNullable(corpus);
  }

  private ModelConfig of(CorpusManifest corpus) {
    int vocabulary = corpus.tokenizer().vocabulary();
    List<SettingsProblem> misfits = settings.misfits(corpus.context(), vocabulary);
    if (!misfits.isEmpty()) {
      throw new SettingsException(misfits);
    }
    return settings.model().toConfig(corpus.context(), vocabulary);
  }

  private int vocabulary() {
    if (settings.model().vocabulary().isPresent()) {
      return settings.model().vocabulary().getAsInt();
    }
    if (!settings.resolved().hasPath(TOKENIZER)) {
      return settings.tokenizer().vocabulary();
    }
    String tokenizer = settings.data().tokenizer();
    boolean toBeLearned =
        settings.resolved().hasPath(LEARNED) && tokenizer.equals(settings.tokenizer().out());
    if (toBeLearned && !exists(TOKENIZER, tokenizer)) {
      notes.accept(
          "data.tokenizer = %s does not exist yet: assuming that it is trained with tokenizer.vocabulary = %d"
              .formatted(tokenizer, settings.tokenizer().vocabulary()));
      return settings.tokenizer().vocabulary();
    }
    try {
      return TokenizerSource.read(settings.data().choice(), hadoop.get()).tokenizer().vocabulary();
    } catch (TokenizerException e) {
      throw refused(TOKENIZER, e.getMessage(), "correct the path, or set model.vocabulary");
    }
  }

  private boolean exists(String key, String path) {
    try {
      return PrivateBuffers.fileSystem(new Path(path), hadoop.get()).exists(new Path(path));
    } catch (IOException | IllegalArgumentException e) {
      throw refused(key, "cannot be reached: " + e.getMessage(), "correct it, or set it to null");
    }
  }

  private SettingsException refused(String key, String message, String remedy) {
    return new SettingsException(List.of(settings.problem(key, message, remedy)));
  }
}
