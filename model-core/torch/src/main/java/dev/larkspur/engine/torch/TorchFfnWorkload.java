package dev.larkspur.engine.torch;

import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.FfnWorkload;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A {@link FeedForward} without the layers around it. */
final class TorchFfnWorkload implements FfnWorkload {
  private static final String NAME = "ffn";

  /** The magnitude of trained weights; the speed does not depend on it. */
  private static final double STD = 0.02;

  private final PointerScope memory;
  private final TorchDevice device;
  private final Precision precision;
  private final ParameterTable table;
  private final Weights weights;
  private final FeedForward trained;
  private final FeedForward frozen;
  private final Tensor input;
  private final Tensor outputGradient;

  TorchFfnWorkload(int hidden, FfnConfig ffn, int tokens, TorchDevice device, Precision precision) {
    this.device = device;
    this.precision = precision;
    this.table = ParameterTable.ofFfn(hidden, ffn);
    this.memory = new PointerScope().extend();
    // Extended, so that this only ends the catching of what is made.
    try (memory) {
      ScalarType full = precision == Precision.FP64 ? ScalarType.Double : ScalarType.Float;
      ScalarType matrices = precision == Precision.BF16 ? ScalarType.BFloat16 : full;
      Tensor values = device.zeros(full, table.length());
      values.normal_().mul_(new Scalar(STD));
      weights = new Weights(table, values, device.zeros(full, table.length()));
      trained = FeedForward.of(weights, NAME);
      frozen = FeedForward.of(weights.frozen(matrices), NAME);
      input = device.zeros(full, tokens, hidden);
      input.normal_();
      input.set_requires_grad(true);
      outputGradient = device.zeros(matrices, tokens, hidden).fill_(new Scalar(1.0));
    } catch (RuntimeException e) {
      memory.close();
      throw new EngineException(
          "no memory for a feed-forward network of width %d and %d tokens on %s: measure fewer"
              .formatted(hidden, tokens, device.device()),
          e);
    }
  }

  @Override
  public long parameters() {
    return table.matrices().stream().mapToLong(Parameter::size).sum();
  }

  @Override
  public void forward() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      await(apply(frozen));
    }
  }

  @Override
  public void forwardAndBackward() {
    try (PointerScope scope = new PointerScope()) {
      apply(trained)
          .backward(outputGradient, new BoolOptional(), false, new TensorArrayRefOptional());
      await(input.grad());
    }
  }

  private Tensor apply(FeedForward ffn) {
    if (precision != Precision.BF16) {
      return ffn.apply(input);
    }
    try (Autocast bf16 = Autocast.bf16(device.type())) {
      return ffn.apply(input);
    }
  }

  /** Waits for asynchronous devices by reading a value. */
  private static void await(Tensor result) {
    result.select(0, 0).select(0, 0).item_double();
  }

  @Override
  public void close() {
    weights.close();
    memory.close();
  }
}
