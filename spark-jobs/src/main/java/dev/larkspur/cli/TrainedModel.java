package dev.larkspur.cli;

import dev.larkspur.collective.Shard;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.DeviceChoice;
import dev.larkspur.settings.Settings;
import dev.larkspur.store.CheckpointName;
import dev.larkspur.store.CheckpointStore;
import dev.larkspur.store.RunDirectory;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerIdentity;
import dev.larkspur.tokenizer.TokenizerSource;
import dev.larkspur.train.Engines;
import dev.larkspur.train.Phases;
import org.apache.hadoop.conf.Configuration;

/**
 * The model of a run, in this process.
 *
 * @param config its shape; guided, if the checkpoint is one of the guided phase
 * @param replica with the parameters of a checkpoint
 * @param tokenizer of its corpus
 */
record TrainedModel(ModelConfig config, Replica replica, Tokenizer tokenizer)
    implements AutoCloseable {

  static TrainedModel load(
      RunDirectory run, CheckpointName checkpoint, Settings settings, Configuration hadoop) {
    Phases phases = Phases.of(settings, config(settings));
    return load(run, checkpoint, settings, hadoop, phases, phases.used(checkpoint.step()));
  }

  /** The same without the guides that a checkpoint of the guided phase has. */
  static TrainedModel withoutGuides(
      RunDirectory run, CheckpointName checkpoint, Settings settings, Configuration hadoop) {
    Phases phases = Phases.of(settings, config(settings));
    return load(run, checkpoint, settings, hadoop, phases, phases.model());
  }

  private static TrainedModel load(
      RunDirectory run,
      CheckpointName checkpoint,
      Settings settings,
      Configuration hadoop,
      Phases phases,
      ModelConfig config) {
    Tokenizer tokenizer = tokenizer(run, settings, hadoop).tokenizer();
    Device device =
        settings.training().device() == DeviceChoice.CUDA
            ? Device.cuda(0)
            : Device.cpu(Runtime.getRuntime().availableProcessors());
    // Nothing is updated, so there is no need for moments.
    Replica replica =
        Engines.named(settings.training().engine())
            .replica(config, device, settings.training().precision(), new Shard(0, 0));
    try {
      phases.loadParameters(new CheckpointStore(run), checkpoint, replica);
    } catch (RuntimeException e) {
      replica.close();
      throw e;
    }
    return new TrainedModel(config, replica, tokenizer);
  }

  /** The shape that a run's settings have, complete without its corpus. */
  static ModelConfig config(Settings settings) {
    return settings
        .model()
        .toConfig(
            settings.model().context().orElseThrow(), settings.model().vocabulary().orElseThrow());
  }

  /** The run's own copy, or the one that has no file. */
  static TokenizerSource tokenizer(RunDirectory run, Settings settings, Configuration hadoop) {
    String source =
        TokenizerIdentity.FILE_NAMES.stream()
            .filter(run::has)
            .map(copy -> run.path(copy).toString())
            .findFirst()
            .orElseGet(() -> settings.data().tokenizer());
    return TokenizerSource.read(source, hadoop);
  }

  @Override
  public void close() {
    replica.close();
  }
}
