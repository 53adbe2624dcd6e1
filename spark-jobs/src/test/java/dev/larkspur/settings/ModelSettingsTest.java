package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
  void refusesAnotherContextAndASmallerVocabulary() {
    ModelSettings model = load(OPEN + "model { context = 64, vocabulary = 100 }").model();

    SettingsException refusal =
        catchThrowableOfType(SettingsException.class, () -> model.toConfig(128, 4096));

    assertThat(refusal.problems())
        .extracting(SettingsProblem::key)
        .containsExactly("model.context", "model.vocabulary");
  }

  @Test
  void theGlobalBatchIsSharedAndPassed() {
    TrainingSettings training = load(OPEN).training();

    assertThat(training.passes(1)).isEqualTo(6);
    assertThat(training.passes(3)).isEqualTo(2);
    assertThatThrownBy(() -> training.passes(5))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("5 workers cannot share a global batch of 12 sequences");
    assertThatThrownBy(() -> training.passes(4))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("passes of 2 do not divide");
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
