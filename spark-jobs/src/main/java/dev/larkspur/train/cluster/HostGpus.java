package dev.larkspur.train.cluster;

import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.Gpu.GpuSupport;
import dev.larkspur.engine.NvidiaSmi;
import dev.larkspur.engine.NvidiaSmi.NoDriverException;
import java.util.Arrays;
import java.util.List;
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

  /**
   * How many of them this process sees and an engine computes on; 0 without a driver.
   *
   * @throws EngineException if the driver does not answer
   */
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
    List<Gpu> gpus;
    try {
      gpus = nvidiaSmi.gpus();
    } catch (NoDriverException e) {
      return 0;
    }
    if (visible == null) {
      return (int) gpus.stream().takeWhile(gpu -> supports(engine, gpu)).count();
    }
    // Whoever lists GPUs, by numbers or identifiers, knows which.
    return gpus.stream().anyMatch(gpu -> supports(engine, gpu)) ? listed(visible) : 0;
  }

  private static boolean supports(Engine engine, Gpu gpu) {
    return engine.gpuSupport(gpu).map(GpuSupport::supported).orElse(true);
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
