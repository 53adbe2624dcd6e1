package dev.larkspur.engine.torch;

import dev.larkspur.optim.AdamW;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
 * LibTorch's fused AdamW over the flat vectors. The Java binding lacks it, so it is called through
 * the dispatcher.
 */
final class FusedAdamW implements TorchOptimizer {
  private final OperatorHandle operator =
      Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
  private final AdamW settings;
  private final TorchDevice device;

  FusedAdamW(AdamW settings, TorchDevice device) {
    this.settings = settings;
    this.device = device;
  }

  @Override
  public void update(
      Tensor parameters,
      Tensor gradient,
      Map<String, Tensor> state,
      double learningRate,
      long step,
      double gradientScale) {
    TensorLists lists =
        new TensorLists(
            List.of(parameters),
            List.of(gradient),
            List.of(state.get(AdamW.FIRST_MOMENT)),
            List.of(state.get(AdamW.SECOND_MOMENT)));
    update(lists, learningRate, step, gradientScale);
  }

  /**
   * The tensors of one update: lists of equal length, with equal shapes at each index.
   *
   * @param firstMoments running means of the gradients
   * @param secondMoments running means of their squares
   */
  record TensorLists(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> firstMoments,
      List<Tensor> secondMoments) {}

  /** One update of many tensors. */
  void update(TensorLists lists, double learningRate, long step, double gradientScale) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor count = scalar((double) step);
      operator.callBoxed(
          new IValueVector(
              list(lists.parameters()),
              list(lists.gradients()),
              list(lists.firstMoments()),
              list(lists.secondMoments()),
              list(List.of()),
              list(Collections.nCopies(lists.parameters().size(), count)),
              new IValue(learningRate),
              new IValue(settings.beta1()),
              new IValue(settings.beta2()),
              new IValue(settings.weightDecay()),
              new IValue(settings.epsilon()),
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

  private static IValue list(List<Tensor> tensors) {
    GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
    for (Tensor tensor : tensors) {
      list.push_back(new IValue(tensor));
    }
    return new IValue(list);
  }
}
