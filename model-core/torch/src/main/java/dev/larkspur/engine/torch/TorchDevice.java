package dev.larkspur.engine.torch;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.EngineException;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.SizeTPair;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.global.torch_cuda;

/** A device that LibTorch is set up for. */
record TorchDevice(Device device, DeviceType type) {

  /** Loads LibTorch on first use, and sets the number of threads of the process. */
  static TorchDevice open(Device device) {
    NativeLibraries.load();
    try (PointerScope scope = new PointerScope()) {
      if (device.type() == Device.Type.CPU) {
        torch.set_num_threads(device.threads());
        // OpenBLAS has its own threads and would use all cores for each worker.
        openblas_nolapack.blas_set_num_threads(device.threads());
        return new TorchDevice(device, DeviceType.CPU);
      }
      if (!torch.cuda_is_available() || device.index() >= torch.cuda_device_count()) {
        throw new EngineException(
            "training.device requests GPU %d, but LibTorch sees %d: set training.device = cpu, or build with CUDA and check the driver"
                .formatted(
                    device.index(), torch.cuda_is_available() ? torch.cuda_device_count() : 0));
      }
      return new TorchDevice(device, DeviceType.CUDA);
    }
  }

  TensorOptions options(ScalarType scalarType) {
    return new TensorOptions()
        .dtype(new ScalarTypeOptional(scalarType))
        .device(new DeviceOptional(torchDevice()));
  }

  /** Bytes of a GPU's memory that are in use, by whatever process. */
  long usedMemory() {
    try (PointerScope scope = new PointerScope()) {
      SizeTPair freeAndTotal = torch_cuda.getAllocator().getMemoryInfo((byte) device.index());
      return freeAndTotal.second() - freeAndTotal.first();
    }
  }

  Tensor zeros(ScalarType scalarType, long... shape) {
    return torch.zeros(shape, options(scalarType));
  }

  /** The numbers 0 to length - 1. */
  Tensor arange(long length) {
    return torch.arange(new Scalar(length), options(ScalarType.Long));
  }

  /** Copies host data to this device; returns the same tensor on a CPU. */
  Tensor put(Tensor host) {
    return type == DeviceType.CPU ? host : host.to(torchDevice(), host.scalar_type());
  }

  boolean isCpu() {
    return type == DeviceType.CPU;
  }

  private org.bytedeco.pytorch.Device torchDevice() {
    return new org.bytedeco.pytorch.Device(type, (byte) device.index());
  }
}
