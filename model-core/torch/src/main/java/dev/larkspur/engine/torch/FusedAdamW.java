package dev.larkspur.engine.torch;

import dev.larkspur.optim.AdamW;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * LibTorch's one-pass AdamW over the flat vectors. Not in the Java binding, so called through the
 * dispatcher.
 */
final class FusedAdamW {
  private final OperatorHandle operator =
      Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
  private final TorchDevice device;

  FusedAdamW(TorchDevice device) {
    this.device = device;
  }

  /** One update, the gradient multiplied by {@code gradientScale} on the way. */
  void update(
      Tensor parameters,
      Tensor gradient,
      Tensor firstMoment,
      Tensor secondMoment,
      AdamW adamW,
      double learningRate,
      long step,
      double gradientScale) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor count = scalar((double) step);
      operator.callBoxed(
          new IValueVector(
              list(parameters),
              list(gradient),
              list(firstMoment),
              list(secondMoment),
              list(),
              list(count),
              new IValue(learningRate),
              new IValue(adamW.beta1()),
              new IValue(adamW.beta2()),
              new IValue(adamW.weightDecay()),
              new IValue(adamW.epsilon()),
              new IValue(false), // amsgrad
              new IValue(false), // maximize
              // The operator divides by this one.
              gradientScale == 1 ? new IValue() : new IValue(scalar(1 / gradientScale)),
              new IValue()));
    }
  }

  private Tensor scalar(double value) {
    return device.zeros(ScalarType.Float).add_(new Scalar(value));
  }

  private static IValue list(Tensor... tensors) {
    GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
    for (Tensor tensor : tensors) {
      list.push_back(new IValue(tensor));
    }
    return new IValue(list);
  }
}
