package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmittedFilesTest {
  @TempDir private Path directory;

  @Test
  void aDriverReadsFilesThatItsHostDoesNotHave() throws IOException {
    Path base = Files.writeString(directory.resolve("base.conf"), "run.seed = 7 # größer\n");
    Path file = Files.writeString(directory.resolve("small.conf"), "include \"base.conf\"\n");
    String value = SubmittedFiles.of(List.of(file.toString())).encoded();
    Files.delete(base);
    Files.delete(file);

    System.setProperty(SubmittedFiles.PROPERTY, value);
    try {
      assertThat(new SettingsLoader().file(file.toString()).load(Purpose.SAMPLE).run().seed())
          .isEqualTo(7);
    } finally {
      System.clearProperty(SubmittedFiles.PROPERTY);
    }
  }
}
