package dev.larkspur.submit;

import dev.larkspur.costmodel.TrainingPlan;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a training asks a cluster for: executors for its workers, each with the memory that {@code
 * describe} shows for them.
 *
 * <p>Beside it a process needs memory for libraries and for the JVM's own, and a worker for its
 * part of a checkpoint that is being written. The allocator keeps what steps have freed, so the
 * estimate gets a margin.
 */
public record TrainingSize(TrainingPlan plan, TrainingSettings training) {
  private static final long MIB = 1 << 20;
  private static final long STEP = 256 * MIB;

  /** LibTorch's code and pools, and what a JVM takes beside its heap. */
  private static final long LIBRARIES = 1024 * MIB;

  /** The same with the context of a CUDA device, its libraries and pinned buffers. */
  private static final long CUDA_LIBRARIES = 4096 * MIB;

  private static final double MARGIN = 1.25;
  private static final String HEAP = "1g";
  private static final String GPUS = "spark.task.resource.gpu.amount";

  /** Properties that are not set yet. */
  Map<String, String> properties(SparkProperties set) {
    int perExecutor =
        Math.max(1, set.number("spark.executor.cores", 1) / set.number("spark.task.cpus", 1));
    Map<String, String> derived = new TreeMap<>();
    training
        .workers()
        .ifPresent(
            workers ->
                derived.put(
                    "spark.executor.instances",
                    Integer.toString((workers + perExecutor - 1) / perExecutor)));
    derived.put("spark.executor.memory", HEAP);
    if (set.find("spark.executor.memoryOverheadFactor").isEmpty()) {
      derived.put("spark.executor.memoryOverhead", overhead(set, perExecutor) + "m");
    }
    derived.keySet().removeIf(name -> set.find(name).isPresent());
    return derived;
  }

  /** MiB beside the heap of an executor. */
  private long overhead(SparkProperties set, int perExecutor) {
    boolean cuda = training.compute().device() == DeviceChoice.CUDA || set.find(GPUS).isPresent();
    double worker = (double) plan.checkpointBytes() / training.workers().orElse(1);
    if (!cuda) {
      worker += MARGIN * plan.memory().total();
    }
    double bytes = (cuda ? CUDA_LIBRARIES : LIBRARIES) + perExecutor * worker;
    return (long) Math.ceil(bytes / STEP) * STEP / MIB;
  }
}
