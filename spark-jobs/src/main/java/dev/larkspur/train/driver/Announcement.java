package dev.larkspur.train.driver;

import dev.larkspur.corpus.CorpusManifest;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.LearningRateSchedule;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsChange;
import dev.larkspur.settings.StrategySettings;
import dev.larkspur.settings.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a user should know before the first step. */
record Announcement(Settings settings, ModelConfig model, CorpusManifest corpus) {

  /**
   * As sentences.
   *
   * @param newest newest checkpoint, which the run resumes from
   * @param changes changes of the settings since it was written
   */
  List<String> sentences(Optional<Checkpoint> newest, List<SettingsChange> changes) {
    List<String> sentences = new ArrayList<>();
    TrainingSettings training = settings.training();
    sentences.add(
        "a step trains on %s of %,d tokens, %d at a time on each worker"
            .formatted(
                Count.of(training.globalBatch(), "sequence"),
                model.context(),
                training.microBatch()));
    if (training.strategy().isInRounds()) {
      sentences.add(limits(training.strategy()));
    }
    CorpusUse use = CorpusUse.of(training, corpus);
    use.repetition().ifPresent(sentences::add);
    use.fewToValidate().ifPresent(sentences::add);
    if (!changes.isEmpty()) {
      long step = newest.orElseThrow().step();
      sentences.add(
          changes.stream()
              .map(SettingsChange::toString)
              .collect(
                  Collectors.joining(
                      ", ", "settings changed since step %,d: ".formatted(step), "")));
      learningRate(newest.get(), step).ifPresent(sentences::add);
    }
    return sentences;
  }

  private static String limits(StrategySettings strategy) {
    return "training.strategy = %s trains in rounds of %s: %s; metrics, validations, checkpoints and a stop file wait for the end of a round"
        .formatted(
            strategy.kind().word(),
            Count.of(strategy.rounds().roundSteps(), "step"),
            String.join("; ", strategy.found().limits()));
  }

  /** Reports a changed learning rate: a longer training, for example, changes it at each step. */
  private Optional<String> learningRate(Checkpoint newest, long step) {
    double before = schedule(Resumption.before(newest, settings)).at(step);
    double now = schedule(settings).at(step);
    return before == now
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "learning rate of step %,d: %.3g, and %.3g with the settings before",
                step + 1,
                now,
                before));
  }

  private LearningRateSchedule schedule(Settings of) {
    return of.training().schedule(of.training().steps(model.context()));
  }
}
