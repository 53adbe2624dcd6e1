package dev.larkspur.train.driver;

import dev.larkspur.corpus.Corpus;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.TrainingSettings;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * What a training does with a corpus.
 *
 * @param sequences sequences that it trains on; those that a self-guided training repeats are
 *     counted once
 * @param trainingBlocks training blocks of the corpus
 * @param validationBlocks validation blocks of the corpus
 */
public record CorpusUse(long sequences, long trainingBlocks, long validationBlocks) {
  /** With fewer blocks, the loss depends on the choice of documents. */
  private static final long ENOUGH_TO_VALIDATE = 100;

  /** What a training with these settings does with a corpus. */
  public static CorpusUse of(TrainingSettings training, CorpusManifest corpus) {
    return new CorpusUse(
        training.freshSteps(corpus.context()) * training.globalBatch(),
        corpus.train().blocks(),
        corpus.validation().blocks());
  }

  /** How many times each block is trained on. */
  public double epochs() {
    return (double) sequences / trainingBlocks;
  }

  /** The warning if blocks are trained on more than once. */
  public Optional<String> repetition() {
    return sequences <= trainingBlocks
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%.2f epochs: the training takes %s, and the corpus has %s to train on",
                Math.ceil(100 * epochs()) / 100,
                Count.of(sequences, "sequence"),
                Count.of(trainingBlocks, "block")));
  }

  /** The warning if the validation split is too small for a reliable loss. */
  public Optional<String> fewToValidate() {
    return validationBlocks >= ENOUGH_TO_VALIDATE
        ? Optional.empty()
        : Optional.of(
            "the validation split has only %s, so its loss is noisy: raise data.validation-fraction or prepare more documents"
                .formatted(Count.of(validationBlocks, "block")));
  }

  /**
   * The corpus that a run trains on: as it was when the run began, whatever has been added since.
   *
   * @param checkpoint checkpoint of the run; without a trained one, the run starts with the current
   *     corpus
   * @throws dev.larkspur.storage.BadInputException if it cannot be opened
   */
  public static Corpus open(String dir, Optional<Checkpoint> checkpoint, Configuration hadoop) {
    return checkpoint
        .map(found -> found.state().provenance())
        .filter(provenance -> !provenance.imported())
        .map(Provenance::corpusFingerprint)
        .map(fingerprint -> Corpus.openAsOf(dir, fingerprint, hadoop))
        .orElseGet(() -> Corpus.open(dir, hadoop));
  }

  /** The model that the settings describe, for a corpus. */
  public static ModelConfig modelFor(Corpus corpus, Settings settings) {
    return settings
        .model()
        .toConfig(corpus.manifest().context(), corpus.manifest().tokenizer().vocabulary());
  }
}
