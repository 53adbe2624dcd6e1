package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where the next token of each sequence stands.
 *
 * @param positions of the tokens: [sequences]
 * @param length tokens of the longest sequence, the next one included
 * @param unread minus infinity where a sequence has no token yet, else 0: [sequences, 1, 1,
 *     length]; null if all are of the same length
 */
record DecodingStep(Tensor positions, long length, Tensor unread) {

  /** For sequences of these lengths; what it makes lives as long as the scope around. */
  static DecodingStep after(int[] lengths, TorchDevice device) {
    long[] positions = new long[lengths.length];
    long longest = 0;
    boolean equal = true;
    for (int row = 0; row < lengths.length; row++) {
      positions[row] = lengths[row];
      longest = Math.max(longest, lengths[row] + 1L);
      equal &= lengths[row] == lengths[0];
    }
    Tensor at = device.put(Tensor.create(positions));
    return new DecodingStep(at, longest, equal ? null : unread(at, longest, device));
  }

  private static Tensor unread(Tensor positions, long length, TorchDevice device) {
    Tensor all = device.arange(length).unsqueeze(0);
    Tensor mask = device.zeros(ScalarType.Float, positions.numel(), length);
    mask.masked_fill_(all.gt(positions.unsqueeze(1)), new Scalar(Double.NEGATIVE_INFINITY));
    return mask.view(positions.numel(), 1, 1, length);
  }
}
