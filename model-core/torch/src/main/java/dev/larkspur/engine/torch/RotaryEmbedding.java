package dev.larkspur.engine.torch;

import dev.larkspur.model.Positions;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Rotary position embedding (Su et al., arXiv 2104.09864), not interleaved: coordinates i and i +
 * rotated/2 of a head are rotated together by position · frequency(i). The others are kept.
 */
final class RotaryEmbedding implements HeadPositions {
  /** Cosines and sines of positions [0, context), each [context, rotated / 2]. */
  private final Tensor cos;

  private final Tensor sin;

  /**
   * Cosines of both rotated halves, and sines of which the first half is negative: [context, 1, 1,
   * rotated].
   */
  private final Tensor wholeCos;

  private final Tensor wholeSin;

  RotaryEmbedding(
      TorchDevice device,
      ScalarType scalarType,
      int context,
      int headDim,
      Positions.Rotary rotary) {
    double[] frequencies = rotary.frequencies(headDim);
    int half = frequencies.length;
    double[] cosines = new double[context * half];
    double[] sines = new double[context * half];
    for (int position = 0; position < context; position++) {
      for (int i = 0; i < half; i++) {
        double angle = position * frequencies[i];
        cosines[position * half + i] = Math.cos(angle);
        sines[position * half + i] = Math.sin(angle);
      }
    }
    this.cos = device.zeros(scalarType, context, half);
    this.sin = device.zeros(scalarType, context, half);
    this.wholeCos = device.zeros(scalarType, context, 1, 1, 2L * half);
    this.wholeSin = device.zeros(scalarType, context, 1, 1, 2L * half);
    try (PointerScope scope = new PointerScope()) {
      cos.copy_(Tensor.create(cosines, context, half));
      sin.copy_(Tensor.create(sines, context, half));
      wholeCos.view(context, -1).copy_(torch.cat(new TensorVector(cos, cos), 1));
      wholeSin.view(context, -1).copy_(torch.cat(new TensorVector(sin.neg(), sin), 1));
    }
  }

  @Override
  public UnaryOperator<Tensor> at(Tensor positions) {
    Tensor c = wholeCos.index_select(0, positions);
    Tensor s = wholeSin.index_select(0, positions);
    return heads -> {
      // In few operators, which take longer than their arithmetic here.
      Tensor wide = heads.to(cos.scalar_type());
      Tensor turned = wide.narrow(3, 0, rotated());
      Tensor result = turned.mul(c).addcmul_(turned.roll(new long[] {rotated() / 2}, 3), s);
      long kept = wide.size(3) - rotated();
      return kept == 0
          ? result
          : torch.cat(new TensorVector(result, wide.narrow(3, rotated(), kept)), 3);
    };
  }

  /** Rotated coordinates of a head. */
  private long rotated() {
    return 2 * cos.size(1);
  }

  @Override
  public Tensor byHead(Tensor heads, double scale) {
    return rotated(heads.transpose(1, 2), scale, 1).to(heads.scalar_type());
  }

  /** The inverse rotation. */
  @Override
  public Tensor byToken(Tensor gradient, double scale) {
    return rotated(gradient, scale, -1).transpose(1, 2);
  }

  /**
   * Rotates and scales.
   *
   * @param x [sequences, heads, length, headDim]
   * @param direction 1, or −1 to rotate back
   * @return the same shape, contiguous, in the type of the tables
   */
  private Tensor rotated(Tensor x, double scale, int direction) {
    long length = x.size(2);
    long half = rotated() / 2;
    long kept = x.size(3) - rotated();
    Tensor c = cos.narrow(0, 0, length).mul(new Scalar(scale));
    Tensor s = sin.narrow(0, 0, length).mul(new Scalar(direction * scale));
    // Products of tensors of two types take twice as long.
    Tensor wide = x.to(cos.scalar_type());
    Tensor first = wide.narrow(3, 0, half);
    Tensor second = wide.narrow(3, half, half);
    Tensor result =
        torch.empty(
            new long[] {x.size(0), x.size(1), length, x.size(3)},
            cos.options(),
            new MemoryFormatOptional());
    torch.mul_out(result.narrow(3, 0, half), first, c).addcmul_(second, s, new Scalar(-1.0));
    torch.mul_out(result.narrow(3, half, half), second, c).addcmul_(first, s, new Scalar(1.0));
    if (kept > 0) {
      result
          .narrow(3, rotated(), kept)
          .copy_(wide.narrow(3, rotated(), kept).mul(new Scalar(scale)));
    }
    return result;
  }
}
