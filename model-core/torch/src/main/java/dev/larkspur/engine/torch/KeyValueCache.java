package dev.larkspur.engine.torch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The keys and values of one layer. */
final class KeyValueCache {
  /** Each [sequences, kvHeads, length, headDim]; the rest of a shorter sequence is arbitrary. */
  private final Tensor keys;

  private final Tensor values;

  KeyValueCache(
      TorchDevice device,
      ScalarType type,
      long sequences,
      long kvHeads,
      long length,
      long headDim) {
    keys = device.zeros(type, sequences, kvHeads, length, headDim);
    values = device.zeros(type, sequences, kvHeads, length, headDim);
  }

  /** Caches prompts: each [sequences, kvHeads, length, headDim]. */
  void begin(Tensor k, Tensor v) {
    read(keys, k.size(0), k.size(2)).copy_(k);
    read(values, v.size(0), v.size(2)).copy_(v);
  }

  /** Caches the next token of each sequence: each [sequences, kvHeads, 1, headDim]. */
  void append(Tensor k, Tensor v, DecodingStep step) {
    if (step.unread() == null) {
      last(keys, k.size(0), step).copy_(k);
      last(values, v.size(0), step).copy_(v);
      return;
    }
    Tensor places = step.positions().view(-1, 1, 1, 1).expand(k.sizes());
    keys.scatter_(2, places, k.to(keys.scalar_type()));
    values.scatter_(2, places, v.to(values.scalar_type()));
  }

  /**
   * Attention of one query per head over all cached tokens. The queries that share a key head are
   * given to LibTorch as queries of one head, so that it need not repeat the keys.
   *
   * @param q [sequences, 1, queryHeads, headDim]
   * @return [sequences, kvHeads, queryHeads / kvHeads, headDim]
   */
  Tensor attend(Tensor q, DecodingStep step) {
    long sequences = q.size(0);
    long kvHeads = keys.size(1);
    return torch.scaled_dot_product_attention(
        q.to(keys.scalar_type()).view(sequences, kvHeads, -1, q.size(3)),
        read(keys, sequences, step.length()),
        read(values, sequences, step.length()),
        step.unread() == null
            ? new TensorOptional()
            : new TensorOptional(step.unread().to(keys.scalar_type())),
        0.0,
        false,
        new DoubleOptional(),
        false);
  }

  /** Copies rows to the front, in their order; a row may be copied several times. */
  void keep(Tensor rows, long length) {
    for (Tensor cached : new Tensor[] {keys, values}) {
      try (PointerScope scope = new PointerScope()) {
        Tensor used = cached.narrow(2, 0, length);
        used.narrow(0, 0, rows.numel()).copy_(used.index_select(0, rows));
      }
    }
  }

  private static Tensor last(Tensor cached, long sequences, DecodingStep step) {
    return read(cached, sequences, step.length()).narrow(2, step.length() - 1, 1);
  }

  private static Tensor read(Tensor cached, long sequences, long length) {
    Tensor rows = sequences == cached.size(0) ? cached : cached.narrow(0, 0, sequences);
    return rows.narrow(2, 0, length);
  }

  /**
   * The position of the next token of each sequence.
   *
   * @param positions of the tokens: [sequences]
   * @param length tokens of the longest sequence, including the next one
   * @param unread minus infinity where a sequence has no token yet, else 0: [sequences, 1, 1,
   *     length]; null if all are of the same length
   */
  record DecodingStep(Tensor positions, long length, Tensor unread) {

    /**
     * The step after sequences of these lengths; its tensors live as long as the enclosing scope.
     */
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
}
