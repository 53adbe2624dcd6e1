package dev.larkspur.engine.torch;

import dev.larkspur.engine.InitialValues.TruncatedSvd;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The largest singular values by the eigenvectors of the smaller Gram matrix, in fp64: W Wᵀ = U S²
 * Uᵀ and then √S Vᵀ = S^-½ Uᵀ W. Ten times faster than a full decomposition of a 2048 x 8192
 * matrix, and the values kept are the large ones, for which squaring loses nothing.
 */
final class SymmetricSvd implements TruncatedSvd {

  @Override
  public void split(float[] w, int out, int in, int matrixRank, float[] u, float[] v) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor matrix = Tensor.create(w, out, in).to(ScalarType.Double);
      boolean tall = out > in;
      // [small, large]
      Tensor wide = tall ? matrix.t() : matrix;
      T_TensorTensor_T eigen = torch.linalg_eigh(wide.mm(wide.t()));
      long small = wide.size(0);
      // Eigenvalues ascend: the last are the largest.
      Tensor values = eigen.get0().narrow(0, small - matrixRank, matrixRank).sqrt();
      Tensor vectors = eigen.get1().narrow(1, small - matrixRank, matrixRank);
      Tensor root = values.sqrt();
      // [small, rank] and [rank, large]
      Tensor left = vectors.mul(root);
      Tensor right = vectors.t().mm(wide).div(root.unsqueeze(1));
      read(tall ? right.t() : left, u);
      read(tall ? left.t() : right, v);
    }
  }

  private static void read(Tensor tensor, float[] into) {
    new TorchVector(tensor.contiguous().view(-1)).read(0, FloatBuffer.wrap(into));
  }
}
