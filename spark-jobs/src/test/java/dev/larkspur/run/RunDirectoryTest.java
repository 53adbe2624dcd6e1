package dev.larkspur.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.larkspur.run.DirectoryCheck.UnusableDirectoryException;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.storage.Lease.LeasePurpose;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  private static final Path FULL = Path.of("/dev/full");

  private static final Duration BEAT = Duration.ofSeconds(10);

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
  void aFileInPlaceOfTheDirectoryIsRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    for (String dir : List.of("file", "file/run", "file/a/run")) {
      RunDirectory run = new RunDirectory(directory.resolve(dir).toString(), new Configuration());
      assertThatThrownBy(() -> run.lease(new LeasePurpose("train", "training of"), BEAT, () -> {}))
          .isInstanceOf(UnusableDirectoryException.class)
          .hasMessageContaining(file + " is a file, not a directory")
          .hasMessageContaining("Name another directory");
    }
    assertThat(file).isEmptyFile();
  }

  @Test
  void aDirectoryThatMayNotBeWrittenIsRefusedWithTheCause() throws Exception {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(closed), "root may write everywhere");
    RunDirectory run = new RunDirectory(closed.resolve("run").toString(), new Configuration());
    assertThatThrownBy(() -> run.lease(new LeasePurpose("train", "training of"), BEAT, () -> {}))
        .isInstanceOf(UnusableDirectoryException.class)
        .hasMessageContaining("closed may not be written by user")
        .hasMessageContaining("permission denied");
  }

  @Test
  void aReadOnlyFileSystemIsNamedAsTheCause() {
    assertThat(
            DirectoryCheck.reason(new FileSystemException("/mnt/x", null, "Read-only file system")))
        .contains("cannot be written (Read-only file system)");
    assertThat(DirectoryCheck.reason(new AccessDeniedException("/mnt/x")))
        .contains("permission denied");
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
