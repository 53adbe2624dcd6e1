package dev.larkspur.engine.torch;

import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.FlatVector.HostCopy;
import java.nio.FloatBuffer;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Presents separate tensors as the flat vector of a parameter table.
 *
 * @param table layout of the vector
 * @param tensors by the parameter's name
 */
record JoinedVector(ParameterTable table, Function<String, Tensor> tensors) implements FlatVector {

  @Override
  public long length() {
    return table.length();
  }

  @Override
  public void read(long offset, FloatBuffer into) {
    forEachTensor(offset, into, TorchVector::read);
  }

  @Override
  public void write(long offset, FloatBuffer from) {
    forEachTensor(offset, from, TorchVector::write);
  }

  @Override
  public HostCopy hostCopy(long from, long to) {
    throw PlainTorchEngine.refusal("writes no checkpoints");
  }

  /** Copies a range of one tensor, as long as what remains in the buffer. */
  private interface RangeCopy {
    void copy(TorchVector tensor, long offset, FloatBuffer buffer);
  }

  private void forEachTensor(long offset, FloatBuffer buffer, RangeCopy copy) {
    long end = offset + buffer.remaining();
    int limit = buffer.limit();
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      for (Parameter parameter : table.parameters()) {
        long from = Math.max(offset, parameter.offset());
        long to = Math.min(end, parameter.offset() + parameter.size());
        if (from < to) {
          buffer.limit(buffer.position() + (int) (to - from));
          Tensor flat = tensors.apply(parameter.name()).view(-1);
          copy.copy(new TorchVector(flat), from - parameter.offset(), buffer);
        }
      }
    }
    buffer.limit(limit);
  }
}
