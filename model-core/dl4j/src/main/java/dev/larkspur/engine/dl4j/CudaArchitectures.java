package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.Gpu.ComputeCapability;
import dev.larkspur.engine.Gpu.GpuSupport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The GPUs that the CUDA backend of ND4J has machine code for. The list is a resource, so no class
 * of ND4J is loaded; a test of the profile {@code dl4j-cuda} compares it with the library.
 *
 * <p>The library has no PTX, which a driver could compile for newer GPUs. Machine code for x.y runs
 * on x.z with z at least y (CUDA C++ Programming Guide, "Application Compatibility").
 *
 * @param machineCode compute capabilities with code in the library, in ascending order
 */
record CudaArchitectures(List<ComputeCapability> machineCode) {
  /** Artifact name of the backend. */
  static final String BACKEND = "nd4j-cuda-11.6";

  private static final String LIST = "nd4j-cuda.architectures";
  private static final String BACKEND_CLASS = "/org/nd4j/linalg/jcublas/JCublasBackend.class";
  private static final Pattern NAME = Pattern.compile("sm_(\\d+)(\\d)");

  CudaArchitectures {
    machineCode = List.copyOf(machineCode);
  }

  /** The architectures of the library that the profile {@code dl4j-cuda} packages. */
  static CudaArchitectures ofNd4j() {
    try (InputStream in = CudaArchitectures.class.getResourceAsStream(LIST)) {
      return parse(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parses names such as sm_86, one per line; lines that start with # are comments. */
  static CudaArchitectures parse(String text) {
    return new CudaArchitectures(
        text.lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(CudaArchitectures::capability)
            .toList());
  }

  private static ComputeCapability capability(String name) {
    Matcher matcher = NAME.matcher(name.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is not an architecture such as sm_86".formatted(name));
    }
    return new ComputeCapability(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** The newest machine code that a GPU can run; empty if it can run none. */
  Optional<ComputeCapability> codeFor(ComputeCapability gpu) {
    return machineCode.stream().filter(gpu::runs).reduce((older, newer) -> newer);
  }

  /** Whether ND4J computes on a GPU, with the backend on this class path. */
  GpuSupport support(Gpu gpu) {
    return support(gpu, CudaArchitectures.class.getResource(BACKEND_CLASS) != null);
  }

  GpuSupport support(Gpu gpu, boolean hasBackend) {
    Optional<ComputeCapability> code = codeFor(gpu.capability());
    if (code.isEmpty()) {
      return new GpuSupport(
          false,
          "%s has no code for compute capability %s, only for %s, and no PTX that the driver could compile for others: set training.engine = torch for this GPU"
              .formatted(BACKEND, gpu.capability(), names()));
    }
    String found =
        "%s has code for compute capability %s (sm_%d%d)"
            .formatted(BACKEND, gpu.capability(), code.get().major(), code.get().minor());
    return hasBackend
        ? new GpuSupport(true, found)
        : new GpuSupport(
            false,
            found
                + ", but this larkspur-dl4j-spark-*.jar has ND4J for CPUs: build it with the"
                + " profile dl4j-cuda");
  }

  private String names() {
    return machineCode.stream().map(ComputeCapability::toString).collect(Collectors.joining(", "));
  }
}
