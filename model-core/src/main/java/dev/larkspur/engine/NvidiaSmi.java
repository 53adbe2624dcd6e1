package dev.larkspur.engine;

import dev.larkspur.engine.Gpu.ComputeCapability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program {@code nvidia-smi} of NVIDIA's driver: lists the GPUs without loading CUDA. */
public final class NvidiaSmi {
  private static final int PATIENCE_SECONDS = 60;

  private final String program;

  /** The program on the path of this process. */
  public NvidiaSmi() {
    this("nvidia-smi");
  }

  /** The program at another path. */
  public NvidiaSmi(String program) {
    this.program = program;
  }

  /**
   * The GPUs of this machine, in the order of their indices; at least one.
   *
   * @throws NoDriverException if there is no such program
   * @throws EngineException if it finds no GPU, or it fails
   */
  public List<Gpu> gpus() {
    List<Gpu> gpus = query().stream().map(NvidiaSmi::gpu).toList();
    if (gpus.isEmpty()) {
      throw new EngineException(
          "%s finds no GPU on this machine: check the NVIDIA driver".formatted(program));
    }
    return gpus;
  }

  private List<String> query() {
    try {
      // Into a file, so that a hanging driver does not block this process.
      Path output = Files.createTempFile("nvidia-smi", ".csv");
      try {
        return query(output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new NoDriverException(
          "there is no %s on this machine (%s): install the NVIDIA driver if it has a GPU"
              .formatted(program, e.getMessage()),
          e);
    }
  }

  private List<String> query(Path output) throws IOException {
    Process process =
        new ProcessBuilder(program, "--query-gpu=name,compute_cap", "--format=csv,noheader")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new EngineException(
            "%s does not respond within %d s: check the NVIDIA driver"
                .formatted(program, PATIENCE_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("interrupted while %s lists the GPUs".formatted(program), e);
    } finally {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(output).stream().filter(s -> !s.isBlank()).toList();
    if (process.exitValue() != 0) {
      throw new EngineException(
          "%s fails with exit code %d (%s): check the NVIDIA driver"
              .formatted(program, process.exitValue(), String.join(" ", lines)));
    }
    return lines;
  }

  private static Gpu gpu(String line) {
    int comma = line.lastIndexOf(',');
    try {
      return new Gpu(
          line.substring(0, Math.max(0, comma)).strip(),
          ComputeCapability.parse(line.substring(comma + 1).strip()));
    } catch (IllegalArgumentException e) {
      throw new EngineException(
          "nvidia-smi answers \"%s\" where a name and a compute capability belong: update the NVIDIA driver"
              .formatted(line.strip()),
          e);
    }
  }

  /** There is no such program: the machine has no GPU of NVIDIA's, or no driver. */
  public static final class NoDriverException extends EngineException {
    private static final long serialVersionUID = 1L;

    NoDriverException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
