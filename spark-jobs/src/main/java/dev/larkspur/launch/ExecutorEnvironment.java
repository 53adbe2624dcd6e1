package dev.larkspur.launch;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Environment variables of executors, where {@code spark.executorEnv.*} does not say otherwise. */
public final class ExecutorEnvironment {
  /** NCCL, PyTorch's use of it, and the transport that NCCL's plug-ins use. */
  private static final List<String> PASSED_PREFIXES = List.of("NCCL_", "TORCH_NCCL_", "UCX_");

  private ExecutorEnvironment() {}

  /**
   * The recommended variables, and those of the driver that configure the network of GPUs.
   *
   * @param driver the environment of the driver
   */
  public static SortedMap<String, String> of(Map<String, String> driver) {
    SortedMap<String, String> variables = new TreeMap<>(driver);
    variables.keySet().removeIf(name -> PASSED_PREFIXES.stream().noneMatch(name::startsWith));
    variables.putAll(NativeTuning.ENVIRONMENT);
    // Executors inherit the locale of a daemon, which decides on the encoding of file names.
    variables.put("LC_ALL", "C.UTF-8");
    // CUDA's own order begins with the fastest GPU; nvidia-smi and deploy/gpu-discovery count by
    // bus.
    variables.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    return variables;
  }
}
