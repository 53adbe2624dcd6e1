package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.model.FfnStructure.LowRank;
import org.junit.jupiter.api.Test;

/** Presets that are no rows of the paper's tables, and how they combine. */
class PresetsTest {

  @Test
  void presetsOfFeedForwardKindsReplaceEachOther() {
    Settings settings =
        new SettingsLoader()
            .file("conf/paper/m-wide.conf")
            .file("conf/ffn/block-dense-4-blocks-32.conf")
            .file("conf/ffn/low-rank-32.conf")
            .load(Purpose.DESCRIBE);

    assertThat(settings.model().ffn().structure()).isEqualTo(new LowRank(256));
  }

  @Test
  void quickstartIsComplete() {
    Settings settings = load("conf/quickstart.conf");

    assertThat(settings.model().ffn().structure()).isEqualTo(new LowRank(64));
    assertThat(settings.training().divideAmong(2)).isTrue();
    assertThat(settings.training().workers()).hasValue(2);
  }

  private static Settings load(String preset) {
    return new SettingsLoader().file(preset).load(Purpose.DESCRIBE);
  }
}
