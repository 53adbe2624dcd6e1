package dev.larkspur.engine.torch;

import dev.larkspur.tensor.HostCopy;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A range of a tensor on any device, copied to one in the host's memory. */
final class TorchHostCopy implements HostCopy {
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
