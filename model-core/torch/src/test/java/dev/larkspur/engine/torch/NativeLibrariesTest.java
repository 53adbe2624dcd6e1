package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When what lies unpacked in a folder is used again. */
class NativeLibrariesTest {
  @TempDir private Path folder;
  private Path library;

  @BeforeEach
  void unpack() throws IOException {
    Path jar = Files.createDirectories(folder.resolve("unpacked/pytorch.jar"));
    library = Files.writeString(jar.resolve("libtorch.so"), "library");
    assertThat(NativeLibraries.isComplete(folder)).isFalse();
    NativeLibraries.complete(folder);
    assertThat(NativeLibraries.isComplete(folder)).isTrue();
  }

  @Test
  void isIncompleteWithoutAFileOrWithAnotherOne() throws IOException {
    Files.writeString(library, "half");
    assertThat(NativeLibraries.isComplete(folder)).isFalse();
    Files.delete(library);
    assertThat(NativeLibraries.isComplete(folder)).isFalse();
  }

  @Test
  void staysCompleteWhereAnotherEngineIsUnpackedToo() throws IOException {
    Path jar = Files.createDirectories(folder.resolve("unpacked/nd4j-native.jar"));
    Files.writeString(jar.resolve("libnd4jcpu.so"), "library");
    assertThat(NativeLibraries.isComplete(folder)).isTrue();
  }
}
