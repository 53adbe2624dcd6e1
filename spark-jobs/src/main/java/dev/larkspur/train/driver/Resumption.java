package dev.larkspur.train.driver;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.engine.Engines;
import dev.larkspur.metrics.JsonLinesSink;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Positions;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsChange;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.settings.StrategySettings;
import dev.larkspur.settings.TrainingSettings.SelfGuidedSettings;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.strategy.TrainingStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides whether a run may resume from the checkpoint in its directory. */
final class Resumption {
  private static final String SPARK = "spark";
  private static final String ENGINE = "training.engine";
  private static final String STRATEGY = "training.strategy";
  private static final ConfigRenderOptions JSON = ConfigRenderOptions.concise();

  private Resumption() {}

  /**
   * Refuses settings that would make the run inconsistent: another model, corpus, seed or batch.
   * For imported parameters, only the model is compared. Other settings, such as a longer training
   * or another number of workers, may change.
   *
   * @return what has changed; empty if the run starts from imported parameters
   * @throws BadInputException naming each difference by its key
   */
  static List<SettingsChange> check(
      Checkpoint checkpoint, Settings settings, ModelConfig model, CorpusManifest corpus) {
    Provenance provenance = checkpoint.state().provenance();
    Settings before = before(checkpoint, settings);
    List<SettingsChange> changes = SettingsChange.between(before, settings);
    List<String> differences = new ArrayList<>();
    compareModel(differences, before, settings, model, provenance);
    if (settings.run().initialModel() != null) {
      addAll(differences, changes, "run.initial-model");
    }
    if (!provenance.imported()) {
      compareTraining(differences, changes, before, settings, model.context());
      if (!provenance.corpusFingerprint().equals(corpus.fingerprint())) {
        differences.add(
            "data.corpus = %s is not the corpus that the run began with, or was prepared again"
                .formatted(settings.data().corpus()));
      }
    } else if (settings.training().selfGuided().mode() != SelfGuidedSettings.Mode.OFF) {
      differences.add("training.self-guided is set, and an imported model has no guides");
    }
    if (!differences.isEmpty()) {
      throw new BadInputException(
          "%s holds a checkpoint of step %d that these settings cannot resume from: %s. Use the settings of its config.conf, or another run.dir"
              .formatted(settings.run().dir(), checkpoint.step(), String.join("; ", differences)));
    }
    return provenance.imported() ? List.of() : changes;
  }

  /**
   * The settings of the training that wrote a checkpoint, with the current Spark properties:
   * whoever resumes the run supplies what access to its paths needs.
   */
  static Settings before(Checkpoint checkpoint, Settings now) {
    Provenance provenance = checkpoint.state().provenance();
    Config current = now.resolved().withOnlyPath(SPARK);
    for (String path : missingLibraries(ConfigFactory.parseString(provenance.config()))) {
      current = current.withValue(path, now.resolved().getValue(path));
    }
    return new SettingsLoader()
        .run(checkpoint.name().directory(), provenance.config())
        .text("settings of now", current.root().render(JSON))
        .load(provenance.imported() ? Purpose.GENERATE : Purpose.TRAIN);
  }

  /**
   * Settings that name a library which the class path no longer has. A run may resume with another
   * library, so these settings must not be refused.
   */
  static List<String> missingLibraries(Config former) {
    List<String> missing = new ArrayList<>();
    if (former.hasPath(ENGINE) && !Engines.names().contains(former.getString(ENGINE))) {
      missing.add(ENGINE);
    }
    if (former.hasPath(STRATEGY)
        && !former.getString(STRATEGY).equals(StrategySettings.Kind.ALL_REDUCE.word())
        && TrainingStrategy.find(former.getString(STRATEGY)).isEmpty()) {
      missing.add(STRATEGY);
    }
    return missing;
  }

  /** Imported parameters may be trained with another context, if their positions allow it. */
  private static void compareModel(
      List<String> differences,
      Settings before,
      Settings settings,
      ModelConfig model,
      Provenance provenance) {
    ModelConfig own = before.model().toConfig(model.context(), 0);
    boolean anyContext =
        provenance.imported() && own.variant().positions() instanceof Positions.Rotary;
    if (!model.equals(anyContext ? own.withContext(model.context()) : own)) {
      addAll(differences, SettingsChange.between(before, settings), "model");
      if (provenance.imported() && own.context() != model.context()) {
        differences.add(
            "its positions are learned, one for each token: prepare a corpus with data.context = "
                + own.context());
      }
    }
  }

  private static void compareTraining(
      List<String> differences,
      List<SettingsChange> changes,
      Settings before,
      Settings settings,
      int context) {
    addAll(differences, changes, "run.seed");
    addAll(differences, changes, "training.global-batch");
    // The length of the training decides when guides are dropped and when tokens are repeated.
    long seed = settings.run().seed();
    SelfGuidance guided = settings.training().guidance(context, seed);
    if (!before.training().guidance(context, seed).equals(guided)) {
      addAll(differences, changes, "training.self-guided");
    }
    if (!guided.equals(SelfGuidance.NONE)
        && before.training().steps(context) != settings.training().steps(context)) {
      differences.add(
          "the length of a guided training was %s and is %d"
              .formatted(
                  Count.of(before.training().steps(context), "step"),
                  settings.training().steps(context)));
    }
  }

  private static void addAll(List<String> differences, List<SettingsChange> changes, String group) {
    changes.stream()
        .filter(change -> change.isIn(List.of(group)))
        .map(SettingsChange::sentence)
        .forEach(differences::add);
  }

  /** Distinguishes a new run from one whose checkpoints were deleted. */
  public static final class LostCheckpoints {
    private LostCheckpoints() {}

    /**
     * Called when a run has no complete checkpoint. Other files in its directory show whether it
     * ever had one; {@code run.start-over} removes these traces.
     *
     * @throws BadInputException if it had one, and does not start over
     */
    private static void check(RunDirectory run, Settings settings, TrainingObserver observer) {
      AttemptLog attempts = new AttemptLog(run);
      OptionalLong committed = attempts.committed();
      Optional<TrainingSummary> summary =
          SummaryFile.read(run).filter(LostCheckpoints::impliesACheckpoint);
      if (committed.isEmpty() && summary.isEmpty()) {
        return;
      }
      long step =
          Math.max(
              Math.max(committed.orElse(0), summary.map(TrainingSummary::step).orElse(0L)),
              JsonLinesSink.lastStep(run));
      if (!settings.run().startOver()) {
        throw new BadInputException(
            "this run was at step %d, but %s holds no complete checkpoint any more: put its checkpoints back, use another run.dir, or set run.start-over = true to train again from step 0"
                .formatted(step, run.path("")));
      }
      observer.note(
          "this run was at step %d and has lost its checkpoints: starting over, from step 0"
              .formatted(step));
      run.delete(RunDirectory.SUMMARY);
      attempts.forgetCommitted();
    }

    /**
     * Begins a run without a complete checkpoint.
     *
     * @return the checkpoint with the parameters of {@code run.initial-model}; empty if the
     *     parameters are random
     * @throws BadInputException if it had a checkpoint, and does not start over
     */
    static Optional<Checkpoint> beginAgain(
        RunDirectory run, Settings settings, ModelConfig model, TrainingObserver observer) {
      check(run, settings, observer);
      if (settings.run().initialModel() == null) {
        return Optional.empty();
      }
      InitialModel initial = InitialModel.at(settings.run().initialModel(), run.hadoop());
      observer.note(initial.begin(run, settings, model));
      return new CheckpointStore(run).newest();
    }

    /** A run that failed, or is running, may not have reached its first checkpoint. */
    private static boolean impliesACheckpoint(TrainingSummary summary) {
      return summary.status().equals(TrainingSummary.COMPLETED)
          || (summary.status().equals(TrainingSummary.STOPPED) && summary.step() > 0);
    }
  }
}
