package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
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
 * @param scaling the grid of the command scaling
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
    ScalingSettings scaling,
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
   * A problem with a value that turned up later than on reading, with the place it was read from.
   *
   * @param key of a setting that has a value
   */
  public SettingsProblem problem(String key, String message, String remedy) {
    ConfigValue value = resolved.getValue(key);
    return new SettingsProblem(
        Rendered.place(value.origin()), key, Rendered.value(value), message, remedy);
  }

  /**
   * Why the model cannot be trained on a corpus: another context, or a smaller vocabulary; empty if
   * it can.
   *
   * @param corpusContext tokens that the model sees of one block
   * @param corpusVocabulary token ids of the corpus are in [0, corpusVocabulary)
   */
  public List<SettingsProblem> misfits(int corpusContext, int corpusVocabulary) {
    List<SettingsProblem> problems = new ArrayList<>();
    int context = model().context().orElse(corpusContext);
    if (context != corpusContext) {
      problems.add(
          problem(
              "model.context",
              "the corpus has blocks of %d tokens".formatted(corpusContext),
              "prepare a corpus with data.context = %d, or in a new run leave model.context out (null); a run that has a checkpoint keeps its context, a model is imported with another one by import --set model.context=%d"
                  .formatted(context, corpusContext)));
    }
    if (model().vocabulary().orElse(corpusVocabulary) < corpusVocabulary) {
      problems.add(
          problem(
              "model.vocabulary",
              "the corpus's tokenizer has %d entries".formatted(corpusVocabulary),
              "leave model.vocabulary out (null), or set it to at least " + corpusVocabulary));
    }
    return problems;
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
    return new Settings(run, data, tokenizer, model, training, checkpoint, scaling, spark, text);
  }
}
