package dev.larkspur.train;

import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.store.Checkpoint;
import dev.larkspur.store.Provenance;
import java.util.ArrayList;
import java.util.List;

/** Decides whether a run may go on from the checkpoint in its directory. */
final class Resumption {
  private Resumption() {}

  /**
   * Refuses settings under which the run could not end as it began: another model, corpus, seed or
   * batch; of imported parameters only the model counts. Others, such as a longer training or
   * another number of workers, may change.
   *
   * @throws TrainingException naming each difference
   */
  static void check(
      Checkpoint checkpoint, Settings settings, ModelConfig model, CorpusManifest corpus) {
    Provenance provenance = checkpoint.state().provenance();
    Settings before =
        new SettingsLoader()
            .text(checkpoint.name().directory(), provenance.config())
            .load(provenance.imported() ? Purpose.GENERATE : Purpose.TRAIN);
    List<String> differences = new ArrayList<>();
    ModelConfig modelBefore =
        before
            .model()
            .toConfig(
                before.model().context().orElse(model.context()),
                before.model().vocabulary().orElse(0));
    compare(differences, "the model", modelBefore, model);
    if (!provenance.imported()) {
      compareTraining(differences, before, settings, provenance, corpus);
    }
    if (!differences.isEmpty()) {
      throw new TrainingException(
          "%s holds a checkpoint of step %d that these settings cannot go on from: %s. Use the settings of its config.conf, or another run.dir"
              .formatted(settings.run().dir(), checkpoint.step(), String.join("; ", differences)));
    }
  }

  private static void compareTraining(
      List<String> differences,
      Settings before,
      Settings settings,
      Provenance provenance,
      CorpusManifest corpus) {
    compare(differences, "run.seed", before.run().seed(), settings.run().seed());
    compare(
        differences,
        "training.global-batch",
        before.training().globalBatch(),
        settings.training().globalBatch());
    compare(
        differences, "the corpus's manifest", provenance.corpusFingerprint(), corpus.fingerprint());
  }

  private static void compare(List<String> differences, String what, Object before, Object now) {
    if (!before.equals(now)) {
      differences.add("%s was %s and is %s".formatted(what, before, now));
    }
  }
}
