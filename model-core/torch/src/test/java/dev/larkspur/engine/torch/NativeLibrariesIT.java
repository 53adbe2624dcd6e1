package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.NativeCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibrariesIT {
  private static final int PROCESSES = 4;

  @TempDir private Path cache;

  @Test
  void processesThatStartAtOnceUnpackThemOnce() throws Exception {
    Path left =
        Files.createDirectories(cache.resolve(NativeLibraries.name()).resolve("unpacked"))
            .resolve("of-a-killed-process.so");
    Files.write(left, new byte[100]);

    List<Process> processes = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(start(cache.resolve("output-" + i)));
      }
      for (int i = 0; i < PROCESSES; i++) {
        assertThat(processes.get(i).waitFor())
            .as(() -> "output of one process:\n" + outputs())
            .isZero();
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
      // Its links to CUDA's libraries would worry JUnit.
      try (Stream<Path> unpacked = Files.walk(left.getParent())) {
        for (Path file : unpacked.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }

    assertThat(left).doesNotExist();
    assertThat(cache.resolve(NativeLibraries.name()).resolve("complete")).isNotEmptyFile();
  }

  private String outputs() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < PROCESSES; i++) {
      try {
        text.append(Files.readString(cache.resolve("output-" + i)));
      } catch (IOException e) {
        text.append(e);
      }
    }
    return text.toString();
  }

  private Process start(Path output) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:ErrorFile=" + cache.resolve("crash-%p.log"),
            "-D" + NativeCache.SETTING + "=" + cache,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Loading.class.getName())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** A process that uses LibTorch. */
  static final class Loading {
    private Loading() {}

    public static void main(String[] arguments) {
      new TorchEngine().vector(1, Device.cpu(1));
    }
  }
}
