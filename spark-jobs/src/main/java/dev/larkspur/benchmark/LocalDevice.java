package dev.larkspur.benchmark;

import dev.larkspur.engine.Device;
import dev.larkspur.settings.TrainingSettings;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;

/** The device of a measurement without Spark, which would assign a GPU. */
public final class LocalDevice {
  private LocalDevice() {}

  /**
   * Returns the first GPU if the settings select a GPU, else the CPU with the number of threads of
   * the settings, all by default.
   */
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
