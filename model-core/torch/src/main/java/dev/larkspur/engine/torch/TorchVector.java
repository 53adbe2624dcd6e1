package dev.larkspur.engine.torch;

import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.FlatVector.HostCopy;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A one-dimensional tensor, on any device. */
final class TorchVector implements FlatVector, AutoCloseable {
  /** Values of a buffer, whose bytes are counted by an int. */
  private static final int MOST_IN_BUFFER = Integer.MAX_VALUE / Float.BYTES;

  private final Tensor tensor;

  /** The memory of the tensor, once it has been used; null where there is none on the host. */
  private FloatBuffer memory;

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
    if (isOnHost()) {
      into.put(memory.duplicate().position((int) offset).limit((int) offset + into.remaining()));
      return;
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor range = tensor.narrow(0, offset, into.remaining());
      if (isNative(into)) {
        host(into).copy_(range);
        into.position(into.limit());
      } else {
        FloatBuffer values = range.to(ScalarType.Float).cpu().createBuffer();
        into.put(values);
      }
    }
  }

  /**
   * Whether {@link #memory} has the values: a copy from there takes no call of the library, which
   * costs more than copying a few thousand values.
   */
  private boolean isOnHost() {
    if (memory == null
        && tensor.numel() > 0
        && tensor.numel() <= MOST_IN_BUFFER
        && tensor.is_cpu()
        && tensor.scalar_type().intern() == ScalarType.Float) {
      memory = tensor.createBuffer();
    }
    return memory != null;
  }

  /** Whether a tensor can use the buffer's memory, which saves a copy. */
  private static boolean isNative(FloatBuffer buffer) {
    return buffer.isDirect()
        && buffer.hasRemaining()
        && buffer.order().equals(ByteOrder.nativeOrder());
  }

  private static Tensor host(FloatBuffer buffer) {
    return torch.from_blob(new FloatPointer(buffer.slice()), buffer.remaining());
  }

  /** Computed on the device, without a copy. */
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
    if (isOnHost()) {
      memory.duplicate().position((int) offset).put(from);
      return;
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor range = tensor.narrow(0, offset, from.remaining());
      if (isNative(from)) {
        range.copy_(host(from));
        from.position(from.limit());
      } else {
        float[] values = new float[from.remaining()];
        from.get(values);
        range.copy_(Tensor.create(values));
      }
    }
  }

  @Override
  public void close() {
    tensor.close();
  }

  /** A copy in host memory of a range of a tensor on any device. */
  private static final class TorchHostCopy implements HostCopy {
    private final Tensor range;
    private final Tensor host;

    /** Takes ownership of a view of the range. */
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
