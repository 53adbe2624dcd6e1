package dev.larkspur.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The processor of this machine, as reports name it. */
final class Processor {
  /** Instruction sets that determine the speed of matrix products. */
  private static final List<String> FEATURES =
      List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16");

  private Processor() {}

  /** Model and instruction sets; only the architecture if the system does not report more. */
  static String name() {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.exists(file)) {
      return System.getProperty("os.arch");
    }
    try {
      return of(Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param cpuinfo lines of Linux's {@code /proc/cpuinfo}
   */
  static String of(List<String> cpuinfo) {
    List<String> flags = List.of(value(cpuinfo, "flags").orElse("").split(" ", -1));
    List<String> parts = new ArrayList<>();
    parts.add(value(cpuinfo, "model name").orElseGet(() -> System.getProperty("os.arch")));
    FEATURES.stream().filter(flags::contains).forEach(parts::add);
    return String.join(", ", parts);
  }

  private static Optional<String> value(List<String> cpuinfo, String key) {
    return cpuinfo.stream()
        .filter(line -> line.matches(key + "\\s*:.*"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }
}
