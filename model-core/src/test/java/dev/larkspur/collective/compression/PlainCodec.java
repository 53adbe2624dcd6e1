package dev.larkspur.collective.compression;

import dev.larkspur.collective.compression.CompressedExchange.UpdateMessage;
import java.nio.FloatBuffer;
import java.util.stream.IntStream;

/** The encoding in plain Java; the threshold doubles when too much was sent. */
final class PlainCodec implements ThresholdCodec {

  @Override
  public void prepare(int threads) {}

  @Override
  public int[] encode(FloatBuffer values, float threshold) {
    int[] indices =
        IntStream.range(0, values.limit())
            .filter(i -> Math.abs(values.get(i)) >= threshold)
            .map(i -> values.get(i) > 0 ? i + 1 : -i - 1)
            .toArray();
    if (indices.length == 0) {
      return indices;
    }
    add(indices, values, -threshold);
    int[] header = {indices.length, values.limit(), Float.floatToIntBits(threshold), 0};
    return IntStream.concat(IntStream.of(header), IntStream.of(indices)).toArray();
  }

  @Override
  public void decode(int[] message, FloatBuffer sum) {
    int[] indices = IntStream.of(message).skip(UpdateMessage.HEADER).toArray();
    add(indices, sum, Float.intBitsToFloat(message[2]));
  }

  private static void add(int[] indices, FloatBuffer values, float threshold) {
    for (int index : indices) {
      int at = Math.abs(index) - 1;
      values.put(at, values.get(at) + (index > 0 ? threshold : -threshold));
    }
  }

  @Override
  public double nextThreshold(ThresholdRule rule, Encoding last) {
    if (last == null) {
      return rule.initial();
    }
    return last.sparsity() > rule.sparsity().most() ? 2 * last.threshold() : last.threshold();
  }
}
