package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.model.FfnStructure.LowRank;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void aPresetInTheLaunchersFolderReplacesThePackagedOne(@TempDir Path folder) throws Exception {
    Presets presets = new Presets(Optional.of(folder));
    Files.createDirectories(folder.resolve("model"));
    Files.writeString(folder.resolve("quickstart.conf"), "model.layers = 7");
    Files.writeString(folder.resolve("model/own.conf"), "model.layers = 8");
    Files.writeString(folder.resolve("reference.conf"), "model.layers = 9");

    assertThat(presets.text("conf/quickstart.conf")).hasValue("model.layers = 7");
    assertThat(presets.text("conf/model/own.conf")).hasValue("model.layers = 8");
    assertThat(presets.text("conf/none.conf")).isEmpty();
    Presets packaged = new Presets(Optional.empty());
    for (String name : new String[] {"conf/reference.conf", "conf/paper/m-wide.conf"}) {
      assertThat(presets.text(name)).isPresent().isEqualTo(packaged.text(name));
    }
  }

  private static Settings load(String preset) {
    return new SettingsLoader().file(preset).load(Purpose.DESCRIBE);
  }
}
