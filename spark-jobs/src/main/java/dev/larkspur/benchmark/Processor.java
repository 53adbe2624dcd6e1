package dev.larkspur.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The processor of this machine.
 *
 * @param model as its maker names it; the architecture if the system does not report it
 * @param features its instruction sets that determine the speed of matrix products, as Linux names
 *     them; empty if the system does not report them
 * @param installed number of logical processors of the machine, which containers may restrict; 0 if
 *     the system does not report it
 */
public record Processor(String model, List<String> features, int installed) {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final List<String> KNOWN = List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16");
  private static final List<String> FAST_BF16 = List.of("avx512_bf16", "amx_bf16");

  /** Copies the list. */
  public Processor {
    features = List.copyOf(features);
  }

  /** The processor that runs this. */
  public static Processor ofThisMachine() {
    try {
      return of(Files.exists(CPUINFO) ? Files.readAllLines(CPUINFO) : List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a description.
   *
   * @param cpuinfo lines of Linux's {@code /proc/cpuinfo}
   */
  public static Processor of(List<String> cpuinfo) {
    List<String> flags = List.of(value(cpuinfo, "flags").orElse("").split(" ", -1));
    return new Processor(
        value(cpuinfo, "model name").orElseGet(() -> System.getProperty("os.arch")),
        KNOWN.stream().filter(flags::contains).toList(),
        (int) cpuinfo.stream().filter(line -> line.matches("processor\\s*:.*")).count());
  }

  private static Optional<String> value(List<String> cpuinfo, String key) {
    return cpuinfo.stream()
        .filter(line -> line.matches(key + "\\s*:.*"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst();
  }

  /** Whether it has instructions for products in bf16. */
  public boolean multipliesBf16() {
    return FAST_BF16.stream().anyMatch(features::contains);
  }

  /** Model and instruction sets, as reports name it. */
  public String text() {
    return features.isEmpty() ? model : model + ", " + String.join(", ", features);
  }
}
