package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.larkspur.settings.SettingsException.SettingsProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, their includes, and what can be wrong with them. */
class FilesTest {
  private static final String LENGTH = "\ntraining { tokens = null, steps = 7 }\n";

  @TempDir private Path directory;

  @Test
  void includesNeighboursAndPresets() throws IOException {
    Files.createDirectories(directory.resolve("parts"));
    Files.writeString(directory.resolve("parts/ffn.conf"), "include \"../inner.conf\"");
    Files.writeString(directory.resolve("inner.conf"), "include \"ffn/low-rank-32.conf\"");
    Path file = directory.resolve("main.conf");
    Files.writeString(file, "include \"conf/model/s.conf\"\ninclude \"parts/ffn.conf\"" + LENGTH);

    Settings settings = new SettingsLoader().file(file.toString()).load(Purpose.DESCRIBE);

    assertThat(settings.model().hiddenDim()).isEqualTo(768);
    assertThat(settings.model().ffn().structure().kind()).isEqualTo("low-rank");
    assertThat(settings.training().steps(1)).isEqualTo(7);
  }

  @Test
  void aFileOnDiskGoesBeforeAPreset() throws IOException {
    Files.createDirectories(directory.resolve("model"));
    Files.writeString(directory.resolve("model/s.conf"), "model.layers = 3");
    Path file = directory.resolve("main.conf");
    Files.writeString(file, "include \"conf/model/s.conf\"\ninclude \"model/s.conf\"");

    assertThat(new SettingsLoader().file(file.toString()).load(Purpose.DESCRIBE).model().layers())
        .isEqualTo(3);
  }

  @Test
  void aMissingIncludeIsReportedWithItsLine() throws IOException {
    Path file = directory.resolve("main.conf");
    Files.writeString(file, "run.seed = 1\ninclude \"nowhere.conf\"\n");

    SettingsProblem problem = onlyProblem(new SettingsLoader().file(file.toString()));

    assertThat(problem.where()).isEqualTo(file + ":2");
    assertThat(problem.key()).isEqualTo("include \"nowhere.conf\"");
    assertThat(problem.message()).startsWith("there is no such file");
  }

  @Test
  void aCircleOfIncludesIsReported() throws IOException {
    Path file = directory.resolve("main.conf");
    Files.writeString(file, "include \"main.conf\"");

    assertThat(onlyProblem(new SettingsLoader().file(file.toString())).message())
        .isEqualTo("the includes form a cycle");
  }

  @Test
  void aMissingFileIsReported() {
    SettingsProblem problem = onlyProblem(new SettingsLoader().file("conf/model/xxl.conf"));

    assertThat(problem.where()).isEqualTo("conf/model/xxl.conf");
    assertThat(problem.message()).startsWith("there is no such file");
  }

  @Test
  void aDirectoryIsReported() {
    assertThat(onlyProblem(new SettingsLoader().file(directory.toString())).message())
        .startsWith("cannot be read");
  }

  @Test
  void aSyntaxErrorIsReportedWithItsLine() {
    SettingsProblem problem =
        onlyProblem(new SettingsLoader().text("broken.conf", "run.seed = 1\nmodel { layers = = 3"));

    assertThat(problem.where()).isEqualTo("broken.conf:2");
    assertThat(problem.message()).isNotBlank().doesNotContain("broken.conf");
  }

  @Test
  void aVariableThatIsNotThereIsReportedWithItsLine() {
    SettingsProblem problem =
        onlyProblem(new SettingsLoader().text("a.conf", "\nrun.dir = ${NO_SUCH_VARIABLE}"));

    assertThat(problem.where()).isEqualTo("a.conf:2");
    assertThat(problem.message()).contains("NO_SUCH_VARIABLE");
  }

  @Test
  void allBrokenFilesAreReportedTogether() {
    SettingsLoader loader =
        new SettingsLoader().text("a.conf", "a = [").file("nowhere.conf").set("steps");

    SettingsException refusal =
        catchThrowableOfType(SettingsException.class, () -> loader.load(Purpose.TRAIN));

    assertThat(refusal.problems()).hasSize(3);
  }

  private static SettingsProblem onlyProblem(SettingsLoader loader) {
    SettingsException refusal =
        catchThrowableOfType(SettingsException.class, () -> loader.load(Purpose.DESCRIBE));
    assertThat(refusal.problems()).hasSize(1);
    return refusal.problems().get(0);
  }
}
