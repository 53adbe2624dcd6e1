package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.model.ModelConfig;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointName;
import dev.larkspur.run.TrainingState;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.run.TrainingState.Skips;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.storage.BadInputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint is used with the model that it was trained with. */
class TrainedWithTest {
  private static final String RUN =
      """
      run.dir = run
      data.corpus = corpus
      model { hidden-dim = 8, layers = 2, query-heads = 2, context = 32, vocabulary = 300 }
      training { learning-rate = 0.02, steps = 7 }
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model.layers=9         | model.layers = 9       | trained with 2
          model.query-heads=4    | model.query-heads = 4  | trained with 2
          model.rope-base=50     | model.rope-base = 50   | trained with 10000
          model.norm-epsilon=0.5 | model.norm-epsilon = 0.5 | trained with
          model.kv-heads=1       | model.kv-heads = 1     | trained with unset
          model.vocabulary=301   | model.vocabulary = 301 | trained with 300
          """)
  void anotherModelIsRefused(String assignment, String setting, String message) {
    Settings settings = settings(assignment);
    TrainedWith trained = new TrainedWith(checkpoint(7, "abc", RUN));
    assertThatThrownBy(() -> trained.require(settings, model(settings)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("--set: " + setting)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.kv-heads=2",
        "model.context=16",
        "training.learning-rate=1",
        "training.steps=9"
      })
  void whatChangesNothingOfItMayChange(String assignment) {
    Settings settings = settings(assignment);
    TrainedWith trained = new TrainedWith(checkpoint(7, "abc", RUN));
    assertThatCode(() -> trained.require(settings, model(settings))).doesNotThrowAnyException();
  }

  @Test
  void theLengthOfAGuidedTrainingIsPartOfIt() {
    String guided =
        RUN + "model.ffn { kind = low-rank, rank = 3 }, training.self-guided.mode = fixed-step\n";
    Checkpoint checkpoint = checkpoint(3, "abc", guided);
    Settings longer =
        new SettingsLoader().text("run", guided).set("training.steps=40").load(Purpose.EVALUATE);
    assertThatThrownBy(() -> new TrainedWith(checkpoint).require(longer, model(longer)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("training.steps = 40");
  }

  @Test
  void importedParametersTrainOnBlocksOfAnyLengthIfTheirPositionsAreRotary() {
    Settings shorter = settings("model.context=16");
    Resumption.check(checkpoint(0, "", RUN), shorter, model(shorter), null);

    String learned = "model.positions = learned\n";
    Settings learnedShorter =
        new SettingsLoader().text("run", RUN + learned).set("model.context=16").load(Purpose.TRAIN);
    assertThatThrownBy(
            () ->
                Resumption.check(
                    checkpoint(0, "", RUN + learned), learnedShorter, model(learnedShorter), null))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model.context was 32 and is 16")
        .hasMessageContaining("prepare a corpus with data.context = 32");
  }

  @Test
  void aResumedTrainingReportsWhatDiffers() {
    Settings other = settings("model.layers=3", "model.ffn.activation=swiglu");
    assertThatThrownBy(() -> Resumption.check(checkpoint(0, "", RUN), other, model(other), null))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("model.ffn.activation was gelu and is swiglu")
        .hasMessageContaining("model.layers was 2 and is 3")
        .message()
        .doesNotContain("ModelConfig");
    assertThat(other.model().layers()).isEqualTo(3);
  }

  private static Settings settings(String... assignments) {
    SettingsLoader loader = new SettingsLoader().text("run", RUN);
    for (String assignment : assignments) {
      loader.set(assignment);
    }
    return loader.load(Purpose.TRAIN);
  }

  private static ModelConfig model(Settings settings) {
    return settings.model().toConfig(0, 0);
  }

  private static Checkpoint checkpoint(long step, String corpus, String config) {
    Provenance provenance = new Provenance(config, corpus, 1, "1.0", "torch 2", "4.1", "17");
    TrainingState state = new TrainingState(step, 700, 3, 1.5, Skips.NONE, Map.of(), provenance);
    return new Checkpoint(new CheckpointName(1, step), state, List.of());
  }
}
