package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettingsChangeTest {
  private static final String BEFORE =
      """
      run.dir = runs/a
      data.corpus = corpus
      model { hidden-dim = 8, layers = 2, query-heads = 2 }
      training { steps = 20, learning-rate = 1e-3, betas = [0.9, 0.95] }
      spark.executor.memory = 4g
      """;

  @Test
  void namesEachKeyWithBothValues() {
    Settings before = load(BEFORE);
    Settings now =
        load(
            BEFORE
                + """
                training { steps = null, tokens = 4096, betas = [0.9, 0.99] }
                spark.executor.memory = 8g
                """);

    assertThat(SettingsChange.between(before, now))
        .extracting(SettingsChange::toString)
        .containsExactly(
            "spark.executor.memory 4g -> 8g",
            "training.betas [0.9, 0.95] -> [0.9, 0.99]",
            "training.steps 20 -> unset",
            "training.tokens unset -> 4096");
  }

  @Test
  void theSameValueMayBeWrittenInAnotherWay() {
    Settings now = load(BEFORE + "training { steps = \"20\", learning-rate = 0.001 }");

    assertThat(SettingsChange.between(load(BEFORE), now)).isEmpty();
  }

  private static Settings load(String hocon) {
    return new SettingsLoader().text("a.conf", hocon).load(Purpose.EVALUATE);
  }
}
