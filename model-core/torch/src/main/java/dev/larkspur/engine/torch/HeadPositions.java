package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Tensor;

/** Encodes positions in queries and keys. */
interface HeadPositions {
  /** For models that add positions to the embedding. */
  HeadPositions NONE =
      new HeadPositions() {
        @Override
        public Tensor turn(Tensor x) {
          return x;
        }

        @Override
        public Tensor turn(Tensor x, Tensor positions) {
          return x;
        }
      };

  /**
   * Rotates heads x of shape [sequences, length, heads, headDim], each sequence from position 0.
   */
  Tensor turn(Tensor x);

  /**
   * Rotates heads of one token per sequence.
   *
   * @param x [sequences, 1, heads, headDim]
   * @param positions of the tokens: [sequences]
   */
  Tensor turn(Tensor x, Tensor positions);
}
