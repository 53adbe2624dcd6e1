package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceLibraryTest {
  @TempDir private Path home;
  @TempDir private Path temporary;

  @Test
  void isUnpackedToTheHome() throws IOException {
    Path folder = HuggingFaceLibrary.folder(home, temporary);

    assertThat(folder).isEqualTo(home.resolve(".cache/larkspur/djl")).isEmptyDirectory();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    assertThat(HuggingFaceLibrary.folder(home, temporary)).isEqualTo(folder);
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void isNotUnpackedToAFolderThatOthersCanWrite() throws IOException {
    Path open = Files.createDirectories(home.resolve(".cache/larkspur/djl"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(HuggingFaceLibrary.folder(home, temporary)).hasParent(temporary);
    assertThat(open).isEmptyDirectory();
  }

  @Test
  void withoutAnyFolderSaysWhatToSet() throws IOException {
    Path file = Files.createFile(home.resolve("file"));

    assertThatThrownBy(() -> HuggingFaceLibrary.folder(file, file))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("DJL_CACHE_DIR");
  }
}
