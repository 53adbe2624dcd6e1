package dev.larkspur.collective.compression;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.GradientExchange;
import dev.larkspur.collective.compression.ThresholdCodec.CompressionException;
import dev.larkspur.collective.compression.ThresholdCodec.Encoding;
import dev.larkspur.tensor.FlatVector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Adds the gradient to the residual, sends the values that reach a threshold, and keeps the rest in
 * the residual. Every worker adds all workers' updates in the order of the ranks, so all end with
 * the same bits. A single worker does the same arithmetic.
 *
 * <p>Nothing is sent during the backward pass: a gradient that is not finite on one worker must not
 * enter the residual of another. Such a gradient is summed without compression, so that every
 * worker sees it. A step in which too many values reach the threshold is also summed without
 * compression.
 */
public final class CompressedExchange implements GradientExchange {
  /** From this share of values, a step is exchanged without compression, as in Deeplearning4j. */
  static final double DENSE = 1.0 / 16;

  /** Values encoded at once: indices are 32-bit integers, and copies must stay small. */
  private static final int CHUNK = 1 << 22;

  private static final String RESIDUAL = "residual";
  private static final String THRESHOLD = "threshold";
  private static final String SPARSITY = "sparsity";
  private static final String WAS_DENSE = "dense";

  private final Collective peers;
  private final Vectors vectors;
  private final ThresholdCodec codec;
  private final ThresholdRule rule;
  private final GradientExchange exact;
  private final FloatBuffer kept;
  private final FloatBuffer added;
  private Encoding last;

  /**
   * The vectors of an exchange, both [parameters].
   *
   * @param gradient of the replica
   * @param residual of this worker, initially zero
   */
  public record Vectors(FlatVector gradient, FlatVector residual) {}

  /**
   * Creates an exchange for one gradient.
   *
   * @param exact exchange of the same gradient, for steps without compression
   */
  public CompressedExchange(
      Collective peers,
      Vectors vectors,
      ThresholdCodec codec,
      ThresholdRule rule,
      GradientExchange exact) {
    this(peers, vectors, codec, rule, exact, CHUNK);
  }

  CompressedExchange(
      Collective peers,
      Vectors vectors,
      ThresholdCodec codec,
      ThresholdRule rule,
      GradientExchange exact,
      int chunk) {
    this.peers = peers;
    this.vectors = vectors;
    this.codec = codec;
    this.rule = rule;
    this.exact = exact;
    int values = (int) Math.min(chunk, vectors.gradient().length());
    this.kept = direct(values);
    this.added = direct(values);
  }

  private static FloatBuffer direct(int values) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(values, Float.BYTES))
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  @Override
  public void complete(long offset) {}

  @Override
  public void finish() {
    if (sumOverRanks(vectors.gradient().isFinite() ? 0 : 1) > 0) {
      exact.finish();
      return;
    }
    double threshold = codec.nextThreshold(rule, last);
    List<int[]> updates = encode((float) threshold);
    double sent = sumOverRanks(updates.stream().mapToDouble(UpdateMessage::count).sum());
    double sparsity = sent / peers.worldSize() / (double) vectors.gradient().length();
    boolean dense = sparsity > DENSE;
    if (dense) {
      undo(updates);
      exact.finish();
    } else {
      exchange(updates, (float) threshold);
    }
    last = new Encoding(threshold, sparsity, dense);
  }

  /** Adds the gradient to the residual, and subtracts this worker's update from it. */
  private List<int[]> encode(float threshold) {
    List<int[]> updates = new ArrayList<>();
    for (long offset = 0; offset < vectors.gradient().length(); offset += kept.capacity()) {
      read(vectors.residual(), offset, kept);
      read(vectors.gradient(), offset, added);
      for (int i = 0; i < kept.limit(); i++) {
        kept.put(i, kept.get(i) + added.get(i));
      }
      updates.add(codec.encode(kept, threshold));
      vectors.residual().write(offset, kept.rewind());
    }
    return updates;
  }

  /** Replaces the gradient with the sum of all workers' updates. */
  private void exchange(List<int[]> updates, float threshold) {
    long offset = 0;
    for (int[] update : updates) {
      int[][] all = peers.allGather(update);
      resize(added, offset);
      clear(added);
      for (int rank = 0; rank < all.length; rank++) {
        UpdateMessage.requireSound(all[rank], rank, added.limit(), threshold);
        decode(all[rank], added);
      }
      vectors.gradient().write(offset, added.rewind());
      offset += added.limit();
    }
  }

  /** Moves the updates and the residual to the gradient; the residual becomes zero. */
  private void undo(List<int[]> updates) {
    long offset = 0;
    for (int[] update : updates) {
      read(vectors.residual(), offset, kept);
      decode(update, kept);
      vectors.gradient().write(offset, kept.rewind());
      resize(added, offset);
      clear(added);
      vectors.residual().write(offset, added.rewind());
      offset += added.limit();
    }
  }

  private void decode(int[] update, FloatBuffer sum) {
    if (update.length > 0) {
      codec.decode(update, sum);
    }
  }

  private void read(FlatVector vector, long offset, FloatBuffer into) {
    resize(into, offset);
    vector.read(offset, into);
    into.rewind();
  }

  private void resize(FloatBuffer chunk, long offset) {
    long rest = vectors.gradient().length() - offset;
    chunk.clear().limit((int) Math.min(chunk.capacity(), rest));
  }

  private static void clear(FloatBuffer chunk) {
    for (int i = 0; i < chunk.limit(); i++) {
      chunk.put(i, 0);
    }
  }

  @Override
  public void close() {
    exact.close();
  }

  private double sumOverRanks(double own) {
    double[] sum = {own};
    peers.allReduceSum(sum);
    return sum[0];
  }

  @Override
  public Map<String, FlatVector> state() {
    return Map.of(RESIDUAL, vectors.residual());
  }

  @Override
  public Map<String, Double> scalars() {
    return last == null
        ? Map.of()
        : Map.of(
            THRESHOLD,
            last.threshold(),
            SPARSITY,
            last.sparsity(),
            WAS_DENSE,
            last.dense() ? 1.0 : 0.0);
  }

  @Override
  public void restore(Map<String, Double> scalars) {
    last =
        scalars.containsKey(THRESHOLD)
            ? new Encoding(
                scalars.get(THRESHOLD),
                scalars.getOrDefault(SPARSITY, 0.0),
                scalars.getOrDefault(WAS_DENSE, 0.0) > 0)
            : null;
  }

  /**
   * One worker's update of a range of the gradient in ND4J's encoding: the number of indices, the
   * number of values in the range, the bits of the threshold, 0; then the indices.
   */
  public static final class UpdateMessage {
    /** Integers before the first index. */
    public static final int HEADER = 4;

    private UpdateMessage() {}

    /** Number of values that a message changes. */
    static int count(int[] message) {
      return Math.max(0, message.length - HEADER);
    }

    /**
     * Checks a message before native code reads it, which does not check indices.
     *
     * @param rank of the sender
     * @param values number of values in the range
     * @throws CompressionException if the message does not encode a range of this length with this
     *     threshold
     */
    public static void requireSound(int[] message, int rank, int values, float threshold) {
      if (message.length == 0) {
        return;
      }
      if (message.length < HEADER
          || message[0] != message.length - HEADER
          || message[1] != values
          || message[2] != Float.floatToIntBits(threshold)) {
        throw damaged(rank, "a header that is not that of %d values".formatted(values));
      }
      for (int i = HEADER; i < message.length; i++) {
        // Widened: the absolute value of Integer.MIN_VALUE is negative as an int.
        long index = Math.abs((long) message[i]);
        if (index < 1 || index > values) {
          throw damaged(rank, "index %d of %d values".formatted(message[i], values));
        }
      }
    }

    private static CompressionException damaged(int rank, String what) {
      return new CompressionException(
          "the compressed update of worker %d has %s: worker and network disagree on what was sent"
              .formatted(rank, what));
    }
  }
}
