package dev.larkspur.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path directory;

  @Test
  void readsWhatItWrote() {
    RunDirectory run = new RunDirectory(directory.resolve("a b/ü").toString(), new Configuration());
    assertThat(run.has("x/y.txt")).isFalse();
    assertThat(run.list("x")).isEmpty();
    run.write("x/y.txt", "größer");
    run.write("x/y.txt", "größer als zuvor");
    assertThat(run.readText("x/y.txt")).isEqualTo("größer als zuvor");
    run.delete("x");
    run.delete("x");
    assertThat(run.has("x/y.txt")).isFalse();
  }

  @Test
  void aFullDiskIsReportedWithTheFile() throws Exception {
    assumeTrue(Files.exists(FULL), "only Linux has a device that is always full");
    Files.createSymbolicLink(directory.resolve("summary.json"), FULL);
    RunDirectory run = new RunDirectory(directory.toString(), new Configuration());
    assertThatThrownBy(() -> run.write("summary.json", "{}"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot write")
        .hasMessageContaining("summary.json (No space left on device)");
  }

  @Test
  void aMissingFileIsReportedWithItsName() {
    RunDirectory run = new RunDirectory(directory.toString(), new Configuration());
    assertThatThrownBy(() -> run.readText("config.conf"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot read")
        .hasMessageContaining("config.conf");
  }

  @Test
  void anUnknownFileSystemIsReportedWithTheSetting() {
    assertThatThrownBy(() -> new RunDirectory("nosuch://bucket/run", new Configuration()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("run.dir = nosuch://bucket/run cannot be used");
  }
}
