package dev.larkspur.launch;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Environment variables that native libraries read when they are loaded, set for fast training with
 * LibTorch on a CPU.
 *
 * <p>The allocator keeps the memory of one step for the next. Returning it and having it zeroed
 * again costs 20 % of a step. LibTorch has two pools of threads, OpenMP's and OpenBLAS's; while one
 * works, the other must sleep and not spin on the same cores. This makes a step on two threads 1.4
 * to 2.6 times as fast.
 */
public final class NativeTuning {
  public static final Map<String, String> ENVIRONMENT =
      Map.of(
          "MALLOC_ARENA_MAX", "1",
          "MALLOC_MMAP_MAX_", "0",
          "MALLOC_TRIM_THRESHOLD_", "8000000000",
          "OMP_WAIT_POLICY", "passive",
          "OPENBLAS_THREAD_TIMEOUT", "10");

  /**
   * LibTorch and ND4J allocate outside the heap: JavaCPP's default limit, a multiple of the heap,
   * would refuse it. Names of properties, without a limit.
   */
  private static final List<String> LIMITS =
      List.of("org.bytedeco.javacpp.maxphysicalbytes", "org.bytedeco.javacpp.maxbytes");

  private NativeTuning() {}

  /** Options of a JVM that lift these limits. */
  public static String javaOptions() {
    return LIMITS.stream().map(name -> "-D" + name + "=0").collect(Collectors.joining(" "));
  }

  /** Lifts these limits in this JVM, unless they are set; before any native library is loaded. */
  public static void liftLimits() {
    LIMITS.stream()
        .filter(name -> System.getProperty(name) == null)
        .forEach(name -> System.setProperty(name, "0"));
  }
}
