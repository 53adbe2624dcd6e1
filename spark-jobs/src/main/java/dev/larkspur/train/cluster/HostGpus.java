package dev.larkspur.train.cluster;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Gpu.GpuSupport;
import dev.larkspur.engine.NvidiaSmi;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The GPUs of this host. Embedded Spark assigns GPUs to no task; there, task i takes GPU i, if
 * every task has one.
 */
public final class HostGpus {
  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";
  private static final Map<String, Integer> COUNTS = new ConcurrentHashMap<>();

  private HostGpus() {}

  /** How many of them this process sees and an engine computes on; 0 without a driver. */
  public static int count(Engine engine) {
    return COUNTS.computeIfAbsent(
        engine.name(), name -> count(engine, new NvidiaSmi(), System.getenv(VISIBLE)));
  }

  /**
   * The same.
   *
   * @param visible value of {@code CUDA_VISIBLE_DEVICES}; null if it is not set
   */
  static int count(Engine engine, NvidiaSmi nvidiaSmi, String visible) {
    int supported;
    try {
      supported =
          (int)
              nvidiaSmi.gpus().stream()
                  .takeWhile(gpu -> engine.gpuSupport(gpu).map(GpuSupport::supported).orElse(true))
                  .count();
    } catch (EngineException noDriver) {
      return 0;
    }
    return visible == null ? supported : Math.min(supported, listed(visible));
  }

  /** CUDA ends the list at the first number below zero. */
  private static int listed(String visible) {
    return (int)
        Arrays.stream(visible.split(",", -1))
            .map(String::strip)
            .takeWhile(gpu -> !gpu.isEmpty() && !gpu.startsWith("-"))
            .count();
  }
}
