package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;

/** The model meets its corpus, the batch its workers. */
class ModelSettingsTest {
  private static final String OPEN =
      """
      model { hidden-dim = 64, layers = 2, query-heads = 4 }
      training { steps = 10, learning-rate = 1e-3, global-batch = 12, micro-batch = 2 }
      """;

  @Test
  void theCorpusFillsInContextAndVocabulary() {
    ModelSettings model = load(OPEN).model();

    assertThat(model.toConfig(128, 4096).context()).isEqualTo(128);
    assertThat(model.toConfig(128, 4096).vocabulary()).isEqualTo(4096);
  }

  @Test
  void theVocabularyMayBeLargerThanTheCorpuss() {
    assertThat(load(OPEN + "model.vocabulary = 5000").model().toConfig(128, 4096).vocabulary())
        .isEqualTo(5000);
  }

  @Test
  void anotherContextAndASmallerVocabularyDoNotFit() {
    Settings settings = load(OPEN + "model { context = 64, vocabulary = 100 }");

    assertThat(settings.misfits(64, 100)).isEmpty();
    assertThat(settings.misfits(128, 4096))
        .extracting(SettingsProblem::where, SettingsProblem::key, SettingsProblem::value)
        .containsExactly(
            tuple("a.conf:3", "model.context", "64"), tuple("a.conf:3", "model.vocabulary", "100"));
  }

  @Test
  void theGlobalBatchIsSharedAndPassed() {
    TrainingSettings training = load(OPEN).training();

    assertThat(training.divideAmong(1)).isTrue();
    assertThat(training.divideAmong(3)).isTrue();
    assertThat(training.divideAmong(5)).as("12 sequences among 5").isFalse();
    assertThat(training.divideAmong(4)).as("3 sequences in passes of 2").isFalse();
  }

  @Test
  void whatThePurposeDidNotDemandSaysSo() {
    Settings settings = load(OPEN);

    assertThatThrownBy(() -> settings.data().corpus())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("data.corpus is not set");
  }

  private static Settings load(String hocon) {
    return new SettingsLoader().text("a.conf", hocon).load(Purpose.DESCRIBE);
  }
}
