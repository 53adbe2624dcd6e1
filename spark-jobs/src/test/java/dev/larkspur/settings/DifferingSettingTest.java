package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DifferingSettingTest {
  private static final Map<String, String> FIRST =
      DifferingSetting.values(
          "run { dir = a, name = a, seed = 1 }\ntraining { learning-rate = 1e-3, steps = 10 }");

  @Test
  void valuesAreComparedAndNotNotationOrNames() {
    Map<String, String> second =
        DifferingSetting.values(
            "run { dir = b, name = b, seed = 2 }\ntraining { learning-rate = 0.001, steps = 10 }");
    assertThat(DifferingSetting.of(List.of(FIRST, second)))
        .containsExactly(new DifferingSetting("run.seed", List.of("1", "2")));
  }

  @Test
  void whatARunLacksIsEmpty() {
    Map<String, String> second =
        DifferingSetting.values("run.seed = 1\ntraining.learning-rate = 1e-3");
    assertThat(DifferingSetting.of(List.of(FIRST, second)))
        .containsExactly(new DifferingSetting("training.steps", List.of("10", "")));
  }

  @Test
  void aRunWithoutSettingsDiffersFromNone() {
    assertThat(DifferingSetting.of(List.of(FIRST, DifferingSetting.values("run {")))).isEmpty();
    assertThat(DifferingSetting.of(List.of())).isEmpty();
  }
}
