package dev.larkspur.engine.torch;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Encodes positions in queries and keys. */
interface HeadPositions {
  /** For models that add positions to the embedding. */
  HeadPositions NONE =
      new HeadPositions() {
        @Override
        public UnaryOperator<Tensor> at(Tensor positions) {
          return heads -> heads;
        }

        @Override
        public Tensor byHead(Tensor heads, double scale) {
          Tensor byHead = heads.transpose(1, 2).contiguous();
          // Not in place: a tensor that is contiguous already is not copied.
          return scale == 1 ? byHead : byHead.mul(new Scalar(scale));
        }

        @Override
        public Tensor byToken(Tensor gradient, double scale) {
          Tensor byToken = gradient.transpose(1, 2);
          return scale == 1 ? byToken : byToken.mul(new Scalar(scale));
        }
      };

  /**
   * Encodes positions in heads of one token per sequence, [sequences, 1, heads, headDim].
   *
   * @param positions of the tokens: [sequences]
   */
  UnaryOperator<Tensor> at(Tensor positions);

  /**
   * Encodes positions in heads, multiplies them by a scale, and sorts them by head.
   *
   * @param heads [sequences, length, heads, headDim], each sequence from position 0
   * @return [sequences, heads, length, headDim], contiguous
   */
  Tensor byHead(Tensor heads, double scale);

  /**
   * The gradient of {@link #byHead}.
   *
   * @param gradient [sequences, heads, length, headDim]
   * @return [sequences, length, heads, headDim]
   */
  Tensor byToken(Tensor gradient, double scale);
}
