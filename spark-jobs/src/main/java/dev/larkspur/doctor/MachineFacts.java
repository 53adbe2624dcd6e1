package dev.larkspur.doctor;

import com.sun.management.OperatingSystemMXBean;
import dev.larkspur.benchmark.Processor;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.Gpu.GpuSupport;
import dev.larkspur.engine.NativeCache;
import dev.larkspur.engine.NvidiaSmi;
import dev.larkspur.launch.NativeTuning;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the system reports about this machine and this process, without measuring.
 *
 * @param processor model and instruction sets
 * @param cores logical processors that this process may use
 * @param load mean number of running threads on the machine in the last minute; negative if unknown
 * @param memory sizes in bytes
 * @param environment the variables that native libraries read and that are set
 * @param gpus of this machine; empty if there is none or no driver
 * @param java feature release, such as 17
 */
public record MachineFacts(
    Processor processor,
    int cores,
    double load,
    Space memory,
    SortedMap<String, String> environment,
    List<GpuFacts> gpus,
    int java) {
  /** Sets the threads of OpenMP, which LibTorch computes with. */
  static final String OMP_THREADS = "OMP_NUM_THREADS";

  private static final String VISIBLE_GPUS = "CUDA_VISIBLE_DEVICES";

  /** Copies the collections. */
  public MachineFacts {
    environment = new TreeMap<>(environment);
    gpus = List.copyOf(gpus);
  }

  /**
   * Asks the system.
   *
   * @param engines whose support of the GPUs is asked for
   */
  public static MachineFacts of(List<Engine> engines, NvidiaSmi nvidiaSmi) {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new MachineFacts(
        Processor.ofThisMachine(),
        Runtime.getRuntime().availableProcessors(),
        system.getSystemLoadAverage(),
        new Space(system.getTotalMemorySize(), Runtime.getRuntime().maxMemory(), nativeCacheFree()),
        variables(System.getenv()),
        gpus(engines, nvidiaSmi),
        Runtime.version().feature());
  }

  private static SortedMap<String, String> variables(Map<String, String> environment) {
    SortedMap<String, String> set = new TreeMap<>(environment);
    set.keySet()
        .removeIf(
            name ->
                !NativeTuning.ENVIRONMENT.containsKey(name)
                    && !name.equals(OMP_THREADS)
                    && !name.equals(VISIBLE_GPUS));
    return set;
  }

  /** Where native libraries are unpacked to, unless the home directory is not writable. */
  private static long nativeCacheFree() {
    Path place =
        Path.of(
                System.getProperty(
                    NativeCache.SETTING,
                    Path.of(System.getProperty("user.home"), ".cache").toString()))
            .toAbsolutePath();
    while (!place.toFile().exists() && place.getParent() != null) {
      place = place.getParent();
    }
    return place.toFile().getUsableSpace();
  }

  private static List<GpuFacts> gpus(List<Engine> engines, NvidiaSmi nvidiaSmi) {
    List<Gpu> found;
    try {
      found = nvidiaSmi.gpus();
    } catch (EngineException e) {
      // The text about engines has the reason.
      return List.of();
    }
    return found.stream().map(gpu -> GpuFacts.of(gpu, engines)).toList();
  }

  /**
   * Sizes in bytes.
   *
   * @param memory of the machine, or of this container
   * @param heap that this Java may use
   * @param nativeCacheFree free disk where native libraries are unpacked to
   */
  public record Space(long memory, long heap, long nativeCacheFree) {}

  /**
   * A GPU, and the engines that compute on it.
   *
   * @param name of the product
   * @param capability compute capability, such as "9.0"
   * @param refusals why an engine does not compute on it, by the engine's name; engines that do, or
   *     that must be loaded to know, are not in it
   */
  public record GpuFacts(String name, String capability, SortedMap<String, String> refusals) {
    static GpuFacts of(Gpu gpu, List<Engine> engines) {
      SortedMap<String, String> refusals = new TreeMap<>();
      for (Engine engine : engines) {
        engine
            .gpuSupport(gpu)
            .filter(support -> !support.supported())
            .map(GpuSupport::reason)
            .ifPresent(reason -> refusals.put(engine.name(), reason));
      }
      return new GpuFacts(gpu.name(), gpu.capability().toString(), refusals);
    }
  }

  /** Whether the engine may compute on the first GPU. */
  boolean supportsGpu(String engine) {
    return !gpus.isEmpty() && !gpus.get(0).refusals().containsKey(engine);
  }

  /** The variables for native libraries that have other values than recommended, or none. */
  List<String> untuned() {
    List<String> missing = new ArrayList<>();
    new TreeMap<>(NativeTuning.ENVIRONMENT)
        .forEach(
            (name, value) -> {
              if (!value.equals(environment.get(name))) {
                missing.add(name + "=" + value);
              }
            });
    return missing;
  }
}
