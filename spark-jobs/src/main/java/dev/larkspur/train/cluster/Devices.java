package dev.larkspur.train.cluster;

import dev.larkspur.engine.Device;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;
import dev.larkspur.storage.BadInputException;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/** Which device a Spark task computes on. */
public final class Devices {
  private static final String GPU = "gpu";

  private Devices() {}

  /**
   * The GPU that Spark has assigned to this task, or the CPU.
   *
   * @param threads threads that an operator may use on a CPU
   * @throws BadInputException if a GPU is requested and Spark has assigned none
   */
  public static Device ofTask(TaskContext task, DeviceChoice choice, int threads) {
    Map<String, ResourceInformation> resources = task.resourcesJMap();
    if (choice == DeviceChoice.CPU
        || (choice == DeviceChoice.AUTO && !resources.containsKey(GPU))) {
      return Device.cpu(threads);
    }
    if (!resources.containsKey(GPU)) {
      throw new BadInputException(
          "training.device = cuda, but Spark has assigned no GPU to the task: set"
              + " spark.task.resource.gpu.amount = 1, spark.executor.resource.gpu.amount and its"
              + " discovery script, or training.device = cpu");
    }
    return Device.cuda(ordinal(resources.get(GPU).addresses()[0]));
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
