package dev.larkspur.train.driver;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Positions;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsChange;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.settings.TrainingSettings.SelfGuidedSettings.Mode;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tokenizer.TokenizerIdentity;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * The model that {@code run.initial-model} names. A new run takes over its parameters, its shape
 * and its tokenizer, and nothing of its training. The parameters become a checkpoint of step 0, so
 * that a run that resumes does not read the model again.
 */
public final class InitialModel {
  private static final String KEY = "run.initial-model";
  private static final String CONTEXT = "model.context";
  private static final String GUIDES = "training.self-guided.mode";

  private final String place;
  private final ModelSource source;
  private final Settings own;

  private InitialModel(String place, ModelSource source) {
    this.place = place;
    this.source = source;
    this.own = source.settings();
  }

  /**
   * Finds a model.
   *
   * @param place directory of a run, of a checkpoint in it, or of an exported or a published model
   * @throws dev.larkspur.storage.BadInputException if it is none of them, or cannot be read
   */
  public static InitialModel at(String place, Configuration hadoop) {
    return new InitialModel(place, ModelSource.at(place, hadoop));
  }

  /** The shape of the model as settings in HOCON; without a context if it may have any. */
  public String shape() {
    return shape(own.resolved());
  }

  /**
   * The shape in a run's settings as settings in HOCON.
   *
   * @param settings all settings
   */
  public static String shape(Config settings) {
    Config model = settings.withOnlyPath("model");
    boolean anyContext = settings.getString("model.positions").equals("rope");
    return (anyContext ? model.withoutPath(CONTEXT) : model)
        .root()
        .render(ConfigRenderOptions.concise());
  }

  /**
   * Checks a new run's settings and its corpus against the model.
   *
   * @throws SettingsException naming all that does not fit
   * @throws dev.larkspur.storage.BadInputException if the model's files are not those of its shape
   */
  public void check(Settings settings, CorpusManifest corpus) {
    List<SettingsProblem> problems = new ArrayList<>();
    ModelConfig model =
        settings.model().toConfig(corpus.context(), corpus.tokenizer().vocabulary());
    if (!model.equals(model(model.context()))) {
      SettingsChange.between(own, settings).stream()
          .filter(change -> change.isIn(List.of("model")))
          .filter(change -> !(isUnbounded() && change.key().equals(CONTEXT)))
          .map(
              change ->
                  settings.problem(
                      change.key(),
                      "it is %s in %s, %s".formatted(change.before(), KEY, place),
                      "leave it out: the run takes it from there"))
          .forEach(problems::add);
      learnedPositions(settings, model, problems);
    }
    TokenizerIdentity tokenizer = source.tokenizer().tokenizer().identity();
    if (!corpus.tokenizer().sameIds(tokenizer)) {
      problems.add(
          settings.problem(
              "data.corpus",
              "its tokenizer, %s of %,d entries, is not that of %s, %s of %,d"
                  .formatted(
                      corpus.tokenizer().name(),
                      corpus.tokenizer().vocabulary(),
                      place,
                      tokenizer.name(),
                      tokenizer.vocabulary()),
              "prepare a corpus with the model's tokenizer: prepare --tokenizer "
                  + (tokenizer.hasFile() ? place + "/" + tokenizer.fileName() : tokenizer.name())));
    }
    if (settings.training().selfGuided().mode() != Mode.OFF) {
      problems.add(
          settings.problem(
              GUIDES, "the parameters of %s have no guides".formatted(place), "set it to off"));
    }
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    source.check(model);
  }

  private void learnedPositions(
      Settings settings, ModelConfig model, List<SettingsProblem> problems) {
    int context = own.model().context().orElse(model.context());
    if (!isUnbounded() && context != model.context()) {
      problems.add(
          settings.problem(
              "data.corpus",
              "its blocks have %,d tokens, and %s has learned positions for %,d"
                  .formatted(model.context(), place, context),
              "prepare a corpus with data.context = " + context));
    }
  }

  /** The model with another context, if its positions allow it. */
  private ModelConfig model(int context) {
    ModelConfig model = own.model().toConfig(context, 0);
    return isUnbounded() ? model.withContext(context) : model;
  }

  private boolean isUnbounded() {
    return own.model().variant().positions() instanceof Positions.Rotary;
  }

  /**
   * Writes the checkpoint that a new run starts from.
   *
   * @return what was taken over, for the user
   * @throws BadInputException if the model is another
   */
  String begin(RunDirectory run, Settings settings, ModelConfig model) {
    if (!model.equals(model(model.context()))) {
      throw new BadInputException(
          "%s = %s is of another shape than the settings of model: leave these out"
              .formatted(KEY, place));
    }
    FirstParameters taken =
        FirstParameters.write(run, settings, model, replica -> source.read(model, replica));
    run.write(
        "initial-model.json",
        taken.json(place, source.words(), source.tokenizer().tokenizer().identity()));
    return "starts from %s in %s: its %,d parameters, their shape and the tokenizer are taken over; the optimizer's state, the step, the learning rate and the order of the data are the run's own"
        .formatted(source.words(), place, taken.count());
  }
}
