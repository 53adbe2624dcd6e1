package dev.larkspur.engine.torch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Tensors of a forward pass that its backward pass reads. */
interface SavedTensors extends AutoCloseable {
  /** Saves nothing: for a forward pass that has no backward pass. */
  SavedTensors NONE = tensor -> tensor;

  /**
   * Keeps a tensor until {@link #close}.
   *
   * @return the tensor, to be used by the backward pass; the given one ends with its scope
   */
  Tensor save(Tensor tensor);

  @Override
  default void close() {}

  /** Tensors that outlive the scope in which they were created. */
  static SavedTensors open() {
    return new Kept();
  }

  /** Holds references to the tensors. */
  final class Kept implements SavedTensors {
    private final List<Tensor> tensors = new ArrayList<>();

    private Kept() {}

    @Override
    public Tensor save(Tensor tensor) {
      // A copy of the handle, as the given one may be another's that an in-place operator returned.
      Tensor kept = new Tensor(tensor);
      kept.retainReference();
      tensors.add(kept);
      return kept;
    }

    @Override
    public void close() {
      tensors.forEach(Tensor::releaseReference);
      tensors.clear();
    }
  }
}
