package dev.larkspur.engine.torch;

import dev.larkspur.engine.FfnWorkload;
import dev.larkspur.engine.Precision;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A {@link FeedForward} without the layers around it. */
final class TorchFfnWorkload implements FfnWorkload {
  private static final String NAME = "ffn";

  /** The magnitude of trained weights; the speed does not depend on it. */
  private static final double STD = 0.02;

  private final PointerScope memory;
  private final ParameterTable table;
  private final Weights weights;
  private final FeedForward network;
  private final Tensor input;
  private final Tensor outputGradient;

  TorchFfnWorkload(int hidden, FfnConfig ffn, int tokens, TorchDevice device, Precision precision) {
    this.table = ParameterTable.ofFfn(hidden, ffn);
    this.memory = new PointerScope().extend();
    // Extended: closing it here only stops it from collecting new pointers.
    try (memory) {
      ScalarType full = precision == Precision.FP64 ? ScalarType.Double : ScalarType.Float;
      ScalarType matrices = precision == Precision.BF16 ? ScalarType.BFloat16 : full;
      Tensor values = device.zeros(full, table.length());
      values.normal_().mul_(new Scalar(STD));
      weights = new Weights(table, values, device.zeros(full, table.length()), values.to(matrices));
      network = FeedForward.of(weights, NAME);
      input = device.zeros(matrices, tokens, hidden).normal_();
      outputGradient = device.zeros(matrices, tokens, hidden).fill_(new Scalar(1.0));
    } catch (RuntimeException e) {
      memory.close();
      throw NativeFailures.allocating(
          e,
          "no memory for a feed-forward network of width %d and %d tokens on %s: measure fewer"
              .formatted(hidden, tokens, device.device()));
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
      await(network.pass(input, SavedTensors.NONE).output());
    }
  }

  @Override
  public void forwardAndBackward() {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard();
        SavedTensors saved = SavedTensors.open()) {
      await(network.pass(input, saved).backward(outputGradient));
    }
  }

  /** Waits for asynchronous devices by reading a value. */
  private static void await(Tensor result) {
    result.select(0, 0).select(0, 0).item_double();
  }

  @Override
  public void close() {
    memory.close();
  }
}
