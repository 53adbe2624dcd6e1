package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Precision;
import java.util.function.Supplier;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A device that ND4J computes on, and its kernels. */
record Dl4jDevice(Device device, Kernels kernels) {

  /**
   * Loads ND4J on first use and sets the threads, which are process-wide.
   *
   * @param kernels called after ND4J is loaded
   * @throws EngineException if ND4J does not compute on the device
   */
  static Dl4jDevice open(Device device, Supplier<Kernels> kernels) {
    Nd4jBackendCheck.open(device);
    if (device.type() == Device.Type.CPU) {
      // setMaxThreads does not lower the number; operators go by this one, which is at most that.
      Nd4j.getEnvironment().setMaxMasterThreads(device.threads());
      openblas_nolapack.blas_set_num_threads(device.threads());
    } else {
      // ND4J binds arrays to the device of the thread that creates them.
      Nd4j.getAffinityManager().unsafeSetDevice(device.index());
    }
    return new Dl4jDevice(device, kernels.get());
  }

  /**
   * ND4J's type for a precision.
   *
   * @throws EngineException for bf16, whose products are too slow in ND4J
   */
  static DataType type(Precision precision) {
    return switch (precision) {
      case FP32 -> DataType.FLOAT;
      case FP64 -> DataType.DOUBLE;
      case BF16 ->
          throw new EngineException(
              "the engine dl4j computes in fp32: set training.precision = fp32, or training.engine = torch");
    };
  }
}
