package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Runs the operations inside in bfloat16 where LibTorch considers it safe, mainly matrix products.
 */
final class Autocast implements AutoCloseable {
  private final DeviceType device;
  private final boolean before;

  private Autocast(DeviceType device, boolean enabled) {
    this.device = device;
    this.before = torch.is_autocast_enabled(device);
    torch.set_autocast_dtype(device, ScalarType.BFloat16);
    torch.set_autocast_enabled(device, enabled);
  }

  static Autocast bf16(DeviceType device) {
    return new Autocast(device, true);
  }

  static Autocast off(DeviceType device) {
    return new Autocast(device, false);
  }

  @Override
  public void close() {
    torch.set_autocast_enabled(device, before);
    if (!before) {
      torch.clear_cache();
    }
  }
}
