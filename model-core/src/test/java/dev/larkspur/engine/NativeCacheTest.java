package dev.larkspur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When what lies unpacked in a folder is used again. */
class NativeCacheTest {
  @TempDir private Path folder;
  private Path library;

  @BeforeEach
  void unpack() throws IOException {
    Path jar = Files.createDirectories(folder.resolve("unpacked/pytorch.jar"));
    library = Files.writeString(jar.resolve("libtorch.so"), "library");
    assertThat(NativeCache.isComplete(folder, "complete")).isFalse();
    NativeCache.complete(folder, "complete");
    assertThat(NativeCache.isComplete(folder, "complete")).isTrue();
  }

  @Test
  void isIncompleteWithoutAFileOrWithAnotherOne() throws IOException {
    Files.writeString(library, "half");
    assertThat(NativeCache.isComplete(folder, "complete")).isFalse();
    Files.delete(library);
    assertThat(NativeCache.isComplete(folder, "complete")).isFalse();
  }

  @Test
  void staysCompleteWhereAnotherEngineIsUnpackedToo() throws IOException {
    Path jar = Files.createDirectories(folder.resolve("unpacked/nd4j-native.jar"));
    Files.writeString(jar.resolve("libnd4jcpu.so"), "library");
    assertThat(NativeCache.isComplete(folder, "complete")).isTrue();
  }
}
