package dev.larkspur.benchmark;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import java.util.Locale;

/** Devices and precisions as reports name them. */
final class DeviceText {
  private DeviceText() {}

  static String of(Device device) {
    return device.type() == Device.Type.CPU
        ? "cpu, %d threads".formatted(device.threads())
        : "cuda " + device.index();
  }

  static String of(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }
}
