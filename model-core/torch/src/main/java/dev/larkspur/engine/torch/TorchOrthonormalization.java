package dev.larkspur.engine.torch;

import dev.larkspur.engine.InitialValues.Orthonormalization;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Orthonormal rows or columns of a Gaussian matrix, in fp64. A matrix W with at least twice as many
 * columns as rows has a condition number below 10, so that squaring it loses no digit that fp32
 * keeps: with W Wᵀ = L Lᵀ the rows of L⁻¹ W are orthonormal, by matrix products alone. Others are
 * decomposed by reflections.
 */
final class TorchOrthonormalization implements Orthonormalization {

  @Override
  public void apply(float[] matrix, int rows, int columns) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor w = Tensor.create(matrix, rows, columns).to(ScalarType.Double);
      boolean tall = rows > columns;
      Tensor q = orthonormalRows(tall ? w.t() : w);
      new TorchVector((tall ? q.t() : q).contiguous().view(-1)).read(0, FloatBuffer.wrap(matrix));
    }
  }

  /** [small, large] to the same shape. */
  private static Tensor orthonormalRows(Tensor wide) {
    if (2 * wide.size(0) <= wide.size(1)) {
      Tensor lower = torch.linalg_cholesky(wide.mm(wide.t()));
      Tensor inverse =
          torch.linalg_solve_triangular(lower, torch.eye(wide.size(0), wide.options()), false);
      return inverse.mm(wide);
    }
    T_TensorTensor_T qr = torch.linalg_qr(wide.t());
    return qr.get0().mul(qr.get1().diagonal().sign()).t();
  }
}
