package dev.larkspur.engine.torch;

import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HostCopy;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A one-dimensional tensor, on any device. */
final class TorchVector implements FlatVector, AutoCloseable {
  private final Tensor tensor;

  TorchVector(Tensor tensor) {
    this.tensor = tensor;
  }

  Tensor tensor() {
    return tensor;
  }

  @Override
  public long length() {
    return tensor.numel();
  }

  @Override
  public TorchVector slice(long offset, long length) {
    return new TorchVector(tensor.narrow(0, offset, length));
  }

  @Override
  public void read(long offset, FloatBuffer into) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor range = tensor.narrow(0, offset, into.remaining()).to(ScalarType.Float).cpu();
      FloatBuffer values = range.createBuffer();
      into.put(values);
    }
  }

  /** On the device: nothing is copied. */
  @Override
  public boolean isFinite() {
    if (tensor.numel() == 0) {
      return true;
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      // Both are NaN if one element is.
      T_TensorTensor_T ends = torch.aminmax(tensor);
      return Double.isFinite(ends.get0().item_double())
          && Double.isFinite(ends.get1().item_double());
    }
  }

  @Override
  public HostCopy hostCopy(long from, long to) {
    return new TorchHostCopy(tensor.narrow(0, from, to - from));
  }

  @Override
  public void write(long offset, FloatBuffer from) {
    float[] values = new float[from.remaining()];
    from.get(values);
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      tensor.narrow(0, offset, values.length).copy_(Tensor.create(values));
    }
  }

  @Override
  public void close() {
    tensor.close();
  }

  /** A range of a tensor on any device, copied to one in the host's memory. */
  private static final class TorchHostCopy implements HostCopy {
    private final Tensor range;
    private final Tensor host;

    /** Takes over a view of the range. */
    TorchHostCopy(Tensor range) {
      this.range = range;
      try (NoGradGuard noGrad = new NoGradGuard()) {
        this.host = torch.zeros(range.numel());
      }
    }

    @Override
    public long length() {
      return host.numel();
    }

    @Override
    public void take() {
      try (PointerScope scope = new PointerScope();
          NoGradGuard noGrad = new NoGradGuard()) {
        host.copy_(range);
      }
    }

    @Override
    public void read(long offset, FloatBuffer into) {
      try (PointerScope scope = new PointerScope();
          NoGradGuard noGrad = new NoGradGuard()) {
        FloatBuffer values = host.narrow(0, offset, into.remaining()).createBuffer();
        into.put(values);
      }
    }

    @Override
    public void close() {
      host.close();
      range.close();
    }
  }
}
