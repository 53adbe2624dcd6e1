package dev.larkspur.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import dev.larkspur.settings.DataSettings.TokenizerSettings;
import dev.larkspur.settings.RunSettings.CheckpointSettings;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.settings.SettingsLoader.Assignment;
import dev.larkspur.settings.SparkTree.Secrets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The validated settings of a command.
 *
 * @param run the run's name, place and seed
 * @param data documents, corpus and how the corpus is built
 * @param model the model's shape; present only if it is complete
 * @param training how to train; present only if it is complete
 * @param checkpoint when to save and how much to keep
 * @param scaling the grid of the command scaling
 * @param tree what the records were read from
 */
public record Settings(
    RunSettings run,
    DataSettings data,
    ModelSettings model,
    TrainingSettings training,
    CheckpointSettings checkpoint,
    ScalingSettings scaling,
    Tree tree) {

  /**
   * What the records were read from.
   *
   * @param resolved all settings, defaults included
   * @param spark properties for Spark, names with their prefix {@code spark.}
   */
  public record Tree(Config resolved, Map<String, String> spark) {
    public Tree {
      spark = Map.copyOf(spark);
    }
  }

  /** The tokenizer to learn. */
  public TokenizerSettings tokenizer() {
    return data.learned();
  }

  /** Properties for Spark, names with their prefix {@code spark.}. */
  public Map<String, String> spark() {
    return tree.spark();
  }

  /** Those of them that hold no secret, and may be seen in lists of processes. */
  public Map<String, String> openSpark() {
    Map<String, String> open = new TreeMap<>(spark());
    open.entrySet().removeIf(entry -> Secrets.mayBe(entry.getKey(), entry.getValue()));
    return open;
  }

  /** All settings, defaults included. */
  public Config resolved() {
    return tree.resolved();
  }

  /**
   * The model's shape.
   *
   * @throws IllegalStateException if it is not complete, which the {@link Purpose} allowed
   */
  @Override
  public ModelSettings model() {
    return Purpose.demanded("model", model);
  }

  /**
   * How to train.
   *
   * @throws IllegalStateException if it is not complete, which the {@link Purpose} allowed
   */
  @Override
  public TrainingSettings training() {
    return Purpose.demanded("training", training);
  }

  /** A problem with a value that was found after loading, with the location of the value. */
  public SettingsProblem problem(String key, String message, String remedy) {
    if (!resolved().hasPath(key)) {
      // A default that an assignment has unset.
      return new SettingsProblem(Assignment.WHERE, key, "null", message, remedy);
    }
    ConfigValue value = resolved().getValue(key);
    return new SettingsProblem(
        Rendered.place(value.origin()), key, Rendered.value(value), message, remedy);
  }

  /**
   * Why the model cannot be trained on a corpus: its context differs or its vocabulary is too
   * small. Empty if it can.
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
   * These settings as the text of a {@code config.conf} that loads to the same settings. It names
   * no paths of this machine except those that were set. It excludes Spark properties that hold
   * secrets; whoever loads the file supplies them.
   */
  public String toHocon() {
    return ResolvedText.of(resolved());
  }

  /** These settings with another configuration for {@link #toHocon}. */
  public Settings withResolved(Config text) {
    return new Settings(run, data, model, training, checkpoint, scaling, new Tree(text, spark()));
  }

  /** The text of a resolved configuration. */
  private static final class ResolvedText {
    private static final ConfigRenderOptions FORM =
        ConfigRenderOptions.defaults().setOriginComments(false).setComments(false).setJson(false);

    private ResolvedText() {}

    static String of(Config resolved) {
      ConfigObject set = withoutNulls(resolved.root());
      Map<String, Object> spark = new TreeMap<>();
      SparkTree.flatten(resolved)
          .forEach(
              (name, value) -> {
                if (!Secrets.mayBe(name, value)) {
                  spark.put(name.substring(Schema.FREE_FORM.length() + 1), value);
                }
              });
      return set.withValue(Schema.FREE_FORM, ConfigValueFactory.fromMap(spark)).render(FORM);
    }

    private static ConfigObject withoutNulls(ConfigObject tree) {
      ConfigObject set = tree;
      for (Map.Entry<String, ConfigValue> entry : tree.entrySet()) {
        if (entry.getValue().valueType() == ConfigValueType.NULL) {
          set = set.withoutKey(entry.getKey());
        } else if (entry.getValue() instanceof ConfigObject inner) {
          set = set.withValue(entry.getKey(), withoutNulls(inner));
        }
      }
      return set;
    }
  }
}
