package dev.larkspur.cli;

import com.typesafe.config.ConfigFactory;
import dev.larkspur.cli.PathOptions.Shorthand;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.train.driver.InitialModel;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** The model that a new run starts from. */
final class InitialModelOption implements Shorthand {
  private static final String NAME = "--from";
  private static final String DIR = "run.dir";

  @Option(
      names = NAME,
      paramLabel = "MODEL",
      description =
          "Start from the parameters of a run, of one of its checkpoints, or of an exported or"
              + " published model: name its directory (short for run.initial-model).")
  private String place;

  @Override
  public void addTo(SettingsLoader loader) {
    loader.option(NAME, "run.initial-model", place);
  }

  /**
   * Loads the settings of a training, over the shape of the model that it starts from.
   *
   * @param options that override files and assignments
   * @throws SettingsException with all problems that were found
   * @throws dev.larkspur.storage.BadInputException if there is no such model
   */
  static Settings load(
      SettingsOptions settingsOptions, SparkOptions sparkOptions, Shorthand... options) {
    Optional<Settings> named = named(settingsOptions, options);
    if (named.isEmpty()) {
      return settingsOptions.load(Purpose.TRAIN, options);
    }
    String model = named.get().run().initialModel();
    SettingsLoader loader =
        settingsOptions.over(model, shape(named.get(), sparkOptions.hadoop(named.get())));
    for (Shorthand option : options) {
      option.addTo(loader);
    }
    return loader.load(Purpose.TRAIN);
  }

  /** The settings that name a model; empty if none do, or if they are wrong in another way. */
  private static Optional<Settings> named(SettingsOptions given, Shorthand... options) {
    try {
      return Optional.of(given.load(Purpose.SAMPLE, options))
          .filter(settings -> settings.run().initialModel() != null);
    } catch (SettingsException e) {
      // Loading them for the training finds this problem, and others.
      return Optional.empty();
    }
  }

  /** From the run itself once it has begun, so that the model may be gone. */
  private static String shape(Settings settings, Configuration hadoop) {
    return begun(settings, hadoop)
        .map(checkpoint -> checkpoint.state().provenance().config())
        .map(config -> InitialModel.shape(ConfigFactory.parseString(config)))
        .orElseGet(() -> InitialModel.at(settings.run().initialModel(), hadoop).shape());
  }

  private static Optional<Checkpoint> begun(Settings settings, Configuration hadoop) {
    return settings.resolved().hasPath(DIR)
        ? new CheckpointStore(new RunDirectory(settings.run().dir(), hadoop)).newest()
        : Optional.empty();
  }
}
