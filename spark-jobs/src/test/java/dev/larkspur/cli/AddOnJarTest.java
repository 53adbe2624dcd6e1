package dev.larkspur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.SettingsLoader;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddOnJarTest {

  @Test
  void itIsNeededWhereTheSettingsOrTheCommandNameIt() {
    assertThat(needed("", List.of("train"), "training.engine=dl4j", "training.precision=fp32"))
        .isTrue();
    assertThat(needed("", List.of("train"), "training.exchange.compression=threshold")).isTrue();
    assertThat(needed("", List.of("train"), "training.strategy=dl4j-parallel-wrapper")).isTrue();
    assertThat(needed("", List.of("doctor"))).isTrue();
    assertThat(needed("", List.of("benchmark", "step", "--engines", "torch,dl4j"))).isTrue();
    assertThat(needed("", List.of("benchmark", "dl4j"))).isTrue();
    assertThat(needed("", List.of("train", "--run", "runs/dl4j-first"))).isFalse();
  }

  @Test
  void theEnvironmentDecidesForAll() {
    assertThat(needed("0", List.of("doctor"))).isFalse();
    assertThat(needed("1", List.of("train"))).isTrue();
  }

  private static boolean needed(String choice, List<String> command, String... assignments) {
    SettingsLoader loader = new SettingsLoader();
    for (String assignment : assignments) {
      loader.set(assignment);
    }
    return new AddOnJar(command, choice).isNeededBy(loader.load(Purpose.SAMPLE));
  }
}
