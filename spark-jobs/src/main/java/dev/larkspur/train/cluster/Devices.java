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
    return Device.cuda(Integer.parseInt(resources.get(GPU).addresses()[0]));
  }
}
