package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Products of rows with transposed matrices, for decoding. One row on a CPU, which is the next
 * token of one sequence, takes as long as reading the matrix if it is multiplied as a vector:
 * LibTorch's products of matrices are three to ten times slower then, as they first rearrange the
 * matrix.
 */
final class RowProduct {
  private RowProduct() {}

  /**
   * W x + bias.
   *
   * @param x [..., in]
   * @param w [out, in]
   * @return [..., out], in the type of W if x is one row
   */
  static Tensor linear(Tensor x, Tensor w, Bias bias) {
    if (!isOneRow(x)) {
      return torch.linear(x, w, bias.optional());
    }
    Tensor y = bias.addTo(w.mv(x.reshape(-1).to(w.scalar_type())));
    return Blocks.like(x, y, w.size(0));
  }

  /** Whether x, [..., in], is one row on a CPU. */
  static boolean isOneRow(Tensor x) {
    return x.numel() == x.size(-1) && x.is_cpu();
  }

  /**
   * A block-diagonal product of one row.
   *
   * @param x of blocks · in elements
   * @param blocks [blocks, out, in]
   * @return [blocks · out], in the type of the blocks
   */
  static Tensor blockDiagonal(Tensor x, Tensor blocks) {
    long out = blocks.size(1);
    long in = blocks.size(2);
    Tensor row = x.reshape(-1).to(blocks.scalar_type());
    Tensor y =
        torch.empty(
            new long[] {blocks.size(0) * out}, blocks.options(), new MemoryFormatOptional());
    for (long block = 0; block < blocks.size(0); block++) {
      torch.mv_out(
          y.narrow(0, block * out, out), blocks.select(0, block), row.narrow(0, block * in, in));
    }
    return y;
  }
}
