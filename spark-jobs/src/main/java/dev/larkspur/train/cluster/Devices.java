package dev.larkspur.train.cluster;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.settings.Count;
import dev.larkspur.settings.TrainingSettings.Compute;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;
import dev.larkspur.storage.BadInputException;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** Which device a Spark task computes on. */
public final class Devices {
  private static final String GPU = "gpu";

  private static final String NOT_ASSIGNED =
      "training.device = cuda, but Spark has assigned no GPU to the task: set"
          + " spark.task.resource.gpu.amount = 1, spark.executor.resource.gpu.amount and its"
          + " discovery script, or training.device = cpu";

  private Devices() {}

  /**
   * The GPU that Spark has assigned to this task, with embedded Spark the GPU of the task's number,
   * or the CPU.
   *
   * @param threads threads that an operator may use on a CPU
   * @throws BadInputException if a GPU is requested and there is none for the task
   */
  public static Device ofTask(TaskContext task, DeviceChoice choice, Engine engine, int threads) {
    if (choice == DeviceChoice.CPU) {
      return Device.cpu(threads);
    }
    ResourceInformation assigned = task.resourcesJMap().get(GPU);
    if (assigned != null) {
      return Device.cuda(ordinal(assigned.addresses()[0]));
    }
    if (!Slots.areEmbedded(SparkEnv.get().conf())) {
      return unlessRequired(choice, threads, NOT_ASSIGNED);
    }
    int gpus = HostGpus.count(engine);
    int tasks = task.numPartitions();
    return gpus >= tasks
        ? Device.cuda(task.partitionId())
        : unlessRequired(choice, threads, tooFew(tasks, gpus));
  }

  /** Whether workers compute on GPUs, as far as the driver knows before they start. */
  public static boolean areGpus(SparkConf conf, Compute compute, int workers) {
    if (compute.device() != DeviceChoice.AUTO) {
      return compute.device() == DeviceChoice.CUDA;
    }
    return Slots.areEmbedded(conf)
        ? HostGpus.count(Engines.named(compute.engine())) >= workers
        : conf.contains("spark.task.resource.gpu.amount");
  }

  private static Device unlessRequired(DeviceChoice choice, int threads, String problem) {
    if (choice == DeviceChoice.CUDA) {
      throw new BadInputException(problem);
    }
    return Device.cpu(threads);
  }

  private static String tooFew(int tasks, int gpus) {
    return "training.device = cuda, but this host has %s for %s: set training.workers to the number of GPUs, or training.device = cpu; larkspur doctor shows the GPUs, and why one is not supported"
        .formatted(Count.of(gpus, "supported GPU"), Count.of(tasks, "worker"));
  }

  /**
   * The number by which CUDA knows a GPU in this process, which is the address in Spark.
   *
   * @throws BadInputException if the address is not a number
   */
  static int ordinal(String address) {
    if (!address.matches("[0-9]{1,4}")) {
      throw new BadInputException(
          "Spark has assigned the GPU \"%s\" to the task, but an address must be the GPU's number in CUDA: use deploy/gpu-discovery as spark.executor.resource.gpu.discoveryScript, on standalone clusters as spark.worker.resource.gpu.discoveryScript"
              .formatted(address));
    }
    return Integer.parseInt(address);
  }
}
