package dev.larkspur.engine.torch;

import dev.larkspur.engine.GemmWorkload;
import dev.larkspur.engine.Precision;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** One {@code mm} into a result that is there already. */
final class TorchGemmWorkload implements GemmWorkload {
  private final PointerScope memory;
  private final TorchDevice device;
  private final Tensor left;
  private final Tensor right;
  private final Tensor result;

  TorchGemmWorkload(Shape shape, TorchDevice device, Precision precision) {
    this.device = device;
    this.memory = new PointerScope().extend();
    // Extended: closing it here only stops it from collecting new pointers.
    try (memory) {
      ScalarType type =
          switch (precision) {
            case FP32 -> ScalarType.Float;
            case BF16 -> ScalarType.BFloat16;
            case FP64 -> ScalarType.Double;
          };
      left = device.zeros(type, shape.rows(), shape.inner()).normal_();
      right = device.zeros(type, shape.columns(), shape.inner()).normal_();
      result = device.zeros(type, shape.rows(), shape.columns());
    } catch (RuntimeException e) {
      memory.close();
      throw NativeFailures.allocating(
          e,
          "no memory for a product of [%d, %d] and [%d, %d] on %s: measure a smaller model"
              .formatted(
                  shape.rows(), shape.inner(), shape.inner(), shape.columns(), device.device()));
    }
  }

  @Override
  public void run() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      torch.mm_out(result, left, right.t());
      if (!device.isCpu()) {
        torch.cuda_synchronize();
      }
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
