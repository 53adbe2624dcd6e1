package dev.larkspur.benchmark;

import dev.larkspur.engine.Device;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;

/** The device of a measurement without Spark, which alone could assign a GPU. */
public final class LocalDevice {
  private LocalDevice() {}

  /** The first GPU if one is asked for, else the CPU with the threads asked for, or all. */
  public static Device of(TrainingSettings training) {
    return training.compute().device() == DeviceChoice.CUDA
        ? Device.cuda(0)
        : Device.cpu(
            training
                .compute()
                .threadsPerWorker()
                .orElseGet(() -> Runtime.getRuntime().availableProcessors()));
  }
}
