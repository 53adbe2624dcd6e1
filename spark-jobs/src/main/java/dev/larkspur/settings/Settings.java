package dev.larkspur.settings;

import com.typesafe.config.Config;
import java.util.Map;

/**
 * Everything that a command was told, checked.
 *
 * @param run the run's name, place and seed
 * @param data documents, corpus and how one becomes the other
 * @param tokenizer the tokenizer to learn
 * @param model the model's shape; there only if it is complete
 * @param training how to train; there only if it is complete
 * @param checkpoint when to save and how much to keep
 * @param spark properties for Spark, names with their prefix {@code spark.}
 * @param resolved the tree that the records were read from, defaults included
 */
public record Settings(
    RunSettings run,
    DataSettings data,
    TokenizerSettings tokenizer,
    ModelSettings model,
    TrainingSettings training,
    CheckpointSettings checkpoint,
    Map<String, String> spark,
    Config resolved) {

  public Settings {
    spark = Map.copyOf(spark);
  }

  /**
   * The model's shape.
   *
   * @throws IllegalStateException if it is not complete, which the {@link Purpose} allowed
   */
  @Override
  public ModelSettings model() {
    return Unset.checked("model", model);
  }

  /**
   * How to train.
   *
   * @throws IllegalStateException if it is not complete, which the {@link Purpose} allowed
   */
  @Override
  public TrainingSettings training() {
    return Unset.checked("training", training);
  }

  /**
   * These settings as the text of a {@code config.conf} that loads to the same ones, without places
   * of this machine other than the paths that were set. Properties of Spark that hold secrets are
   * left out: whoever reads the file brings their own.
   */
  public String toHocon() {
    return ResolvedText.of(resolved);
  }

  /** These settings with another text behind {@link #toHocon}. */
  public Settings withResolved(Config text) {
    return new Settings(run, data, tokenizer, model, training, checkpoint, spark, text);
  }
}
