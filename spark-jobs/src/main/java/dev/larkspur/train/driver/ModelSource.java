package dev.larkspur.train.driver;

import dev.larkspur.engine.Replica;
import dev.larkspur.export.ModelDirectory;
import dev.larkspur.export.ModelImport;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointName;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tokenizer.TokenizerSource;
import dev.larkspur.train.driver.RunDescription.RunTokenizer;
import dev.larkspur.train.worker.PhaseSchedule;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Where a model that a run starts from is stored. */
sealed interface ModelSource {

  /** What it is, such as {@code the checkpoint of step 20}. */
  String words();

  /** The settings that describe the model. */
  Settings settings();

  TokenizerSource tokenizer();

  /**
   * Checks what can be checked without reading the parameters.
   *
   * @throws BadInputException if they are of another model
   */
  void check(ModelConfig model);

  /** Reads the parameters into a replica without guides. */
  void read(ModelConfig model, Replica into);

  /**
   * Finds a model.
   *
   * @param place directory of a run, of a checkpoint in it, or of a model's files
   * @throws BadInputException if it is none of them
   */
  static ModelSource at(String place, Configuration hadoop) {
    RunDirectory directory = directory(place, hadoop);
    Path path = directory.path("");
    Optional<CheckpointName> named = CheckpointName.parse(path.getName());
    if (named.isPresent() && path.getParent() != null && path.getParent().getParent() != null) {
      RunDirectory run = new RunDirectory(path.getParent().getParent().toString(), hadoop);
      Checkpoint checkpoint =
          new CheckpointStore(run)
              .at(named.get().step())
              .filter(found -> found.name().equals(named.get()))
              .orElseThrow(() -> absent(place));
      return new OfRun(run, checkpoint, hadoop);
    }
    if (directory.has(RunDirectory.CONFIG) || directory.has("checkpoints")) {
      Checkpoint newest =
          new CheckpointStore(directory)
              .newest()
              .orElseThrow(
                  () ->
                      new BadInputException(
                          "run.initial-model = %s is a run without a complete checkpoint: train it first, or name another model"
                              .formatted(place)));
      return new OfRun(directory, newest, hadoop);
    }
    if (directory.has("config.json")) {
      return new OfFiles(new ModelImport(new ModelDirectory(place, hadoop)), place);
    }
    throw absent(place);
  }

  private static RunDirectory directory(String place, Configuration hadoop) {
    try {
      return new RunDirectory(place, hadoop);
    } catch (StoreException e) {
      throw new BadInputException(
          "run.initial-model = %s cannot be used (%s): correct the path or the settings of its file system"
              .formatted(place, e.getCause().getMessage()),
          e);
    }
  }

  private static BadInputException absent(String place) {
    return new BadInputException(
        "run.initial-model = %s is neither a run, nor a complete checkpoint of one, nor a directory with config.json: correct the path"
            .formatted(place));
  }

  /** A checkpoint of a run. */
  record OfRun(RunDirectory run, Checkpoint checkpoint, Configuration hadoop)
      implements ModelSource {
    @Override
    public String words() {
      return "the checkpoint of step %,d".formatted(checkpoint.step());
    }

    @Override
    public Settings settings() {
      return new SettingsLoader()
          .run(
              run.path(checkpoint.name().directory()).toString(),
              checkpoint.state().provenance().config())
          .load(Purpose.GENERATE);
    }

    @Override
    public TokenizerSource tokenizer() {
      return RunTokenizer.of(run, settings(), hadoop);
    }

    @Override
    public void check(ModelConfig model) {
      // The settings in a checkpoint describe its parameters, and its manifest their files.
      SelfGuidance guidance =
          settings().training().guidance(model.context(), settings().run().seed());
      if (guidance.guides(checkpoint.step())) {
        throw new BadInputException(
            "the checkpoint of step %d in %s still has dense guides (training.self-guided), without which it is another model: name a checkpoint after step %d"
                .formatted(checkpoint.step(), run.path(""), guidance.steps()));
      }
    }

    @Override
    public void read(ModelConfig model, Replica into) {
      PhaseSchedule.of(settings(), model)
          .loadParameters(new CheckpointStore(run), checkpoint.name(), into);
    }
  }

  /** The files of an exported or a published model. */
  record OfFiles(ModelImport files, String place) implements ModelSource {
    /** A published model has no settings of a training. */
    private static final String ANY_TRAINING = "training { learning-rate = 1, steps = 1 }";

    @Override
    public String words() {
      return "the model in files";
    }

    @Override
    public Settings settings() {
      return new SettingsLoader()
          .text(place, ANY_TRAINING)
          .run(place + "/config.json", files.settings())
          .load(Purpose.GENERATE);
    }

    @Override
    public TokenizerSource tokenizer() {
      return files.tokenizer(settings());
    }

    @Override
    public void check(ModelConfig model) {
      files.check(model);
    }

    @Override
    public void read(ModelConfig model, Replica into) {
      files.read(model, into.parameters());
    }
  }
}
