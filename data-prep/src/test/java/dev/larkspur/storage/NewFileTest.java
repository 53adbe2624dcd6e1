package dev.larkspur.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.larkspur.storage.NewFile.UnwritableFileException;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFileTest {
  private static final java.nio.file.Path FULL = java.nio.file.Path.of("/dev/full");

  @TempDir private java.nio.file.Path folder;

  private NewFile create(String name) throws IOException {
    Path path = new Path(folder.resolve(name).toString());
    FileSystem files = RawFiles.of(path, new Configuration());
    return NewFile.create(files, path);
  }

  @Test
  void writesOverAFileWithoutChecksumsBesideIt() throws IOException {
    for (byte[] content : new byte[][] {{1, 2, 3}, {4}}) {
      try (NewFile file = create("a/b")) {
        file.write(content);
      }
      assertThat(folder.resolve("a/b")).hasBinaryContent(content);
    }
    try (var names = Files.list(folder.resolve("a"))) {
      assertThat(names).hasSize(1);
    }
  }

  @Test
  void aFullDiskIsAnExceptionThatNamesTheFile() throws IOException {
    assumeTrue(Files.exists(FULL), "only Linux has a device that is always full");
    Files.createSymbolicLink(folder.resolve("full"), FULL);
    String message = "full cannot be written: No space left on device";
    NewFile small = create("full");
    small.write(1);
    assertThatThrownBy(small::close)
        .isInstanceOf(UnwritableFileException.class)
        .hasMessageEndingWith(message);
    NewFile large = create("full");
    assertThatThrownBy(() -> large.write(new byte[1 << 20]))
        .isInstanceOf(UnwritableFileException.class)
        .hasMessageEndingWith(message);
    large.close();
  }

  @Test
  void aLocalFileCannotBeGivenUp() throws IOException {
    try (NewFile file = create("kept")) {
      assertThat(file.abort()).isFalse();
    }
  }
}
