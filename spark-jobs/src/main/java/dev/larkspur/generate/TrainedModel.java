package dev.larkspur.generate;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.settings.ModelSettings;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsException.SettingsProblem;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.driver.RunDescription.RunTokenizer;
import dev.larkspur.train.driver.TrainedWith;
import dev.larkspur.train.worker.PhaseSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;

/**
 * The model of a run, in this process.
 *
 * @param config its shape; guided if the checkpoint is from the guided phase
 * @param replica replica with the parameters of a checkpoint
 * @param tokenizer tokenizer of its corpus
 */
public record TrainedModel(ModelConfig config, Replica replica, Tokenizer tokenizer)
    implements AutoCloseable {

  /** The model of a checkpoint, with guides if the checkpoint is from the guided phase. */
  public static TrainedModel load(
      RunDirectory run, Checkpoint checkpoint, Settings settings, Configuration hadoop) {
    PhaseSchedule phases = PhaseSchedule.of(settings, config(settings));
    return load(run, checkpoint, settings, hadoop, phases, phases.used(checkpoint.step()));
  }

  /** The model of a checkpoint, always without guides. */
  public static TrainedModel withoutGuides(
      RunDirectory run, Checkpoint checkpoint, Settings settings, Configuration hadoop) {
    PhaseSchedule phases = PhaseSchedule.of(settings, config(settings));
    return load(run, checkpoint, settings, hadoop, phases, phases.model());
  }

  private static TrainedModel load(
      RunDirectory run,
      Checkpoint checkpoint,
      Settings settings,
      Configuration hadoop,
      PhaseSchedule phases,
      ModelConfig config) {
    new TrainedWith(checkpoint).require(settings, phases.model());
    Tokenizer tokenizer = RunTokenizer.of(run, settings, hadoop).tokenizer();
    if (tokenizer.vocabulary() > config.vocabulary()) {
      throw new TrainingException(
          "the tokenizer in %s has %,d entries, its model %,d: put the tokenizer back that it was trained with"
              .formatted(run.path(""), tokenizer.vocabulary(), config.vocabulary()));
    }
    Device device =
        settings.training().compute().device() == DeviceChoice.CUDA
            ? Device.cuda(0)
            : Device.cpu(Runtime.getRuntime().availableProcessors());
    Replica replica =
        Engines.named(settings.training().compute().engine())
            .replica(config, device, settings.training().compute().precision());
    try {
      phases.loadParameters(new CheckpointStore(run), checkpoint.name(), replica);
    } catch (RuntimeException e) {
      replica.close();
      throw e;
    }
    return new TrainedModel(config, replica, tokenizer);
  }

  /**
   * The shape in a run's settings, which must not need the corpus.
   *
   * @throws SettingsException if they omit what a corpus would define
   */
  public static ModelConfig config(Settings settings) {
    ModelSettings model = settings.model();
    List<SettingsProblem> problems = new ArrayList<>();
    requireSet("model.context", model.context(), problems);
    requireSet("model.vocabulary", model.vocabulary(), problems);
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
    return model.toConfig(model.context().getAsInt(), model.vocabulary().getAsInt());
  }

  private static void requireSet(String key, OptionalInt value, List<SettingsProblem> problems) {
    if (value.isEmpty()) {
      problems.add(
          new SettingsProblem(
              "", key, "null", "there is no corpus to take it from", "set it to the model's"));
    }
  }

  @Override
  public void close() {
    replica.close();
  }
}
