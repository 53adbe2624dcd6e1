package dev.larkspur.collective;

import dev.larkspur.collective.Collective.PendingSum;
import dev.larkspur.tensor.FlatVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All-reduces the gradient in buckets. The flat vector has the layers in the order of the forward
 * pass, so the backward pass completes it from its end. Buckets start at the end, and each is sent
 * as soon as its first element is complete. Bucket boundaries depend only on lengths and bucket
 * size, so every worker sends the same buckets in the same order.
 *
 * <p>The embedding is last, as its gradient is complete at the end of the backward pass only. If it
 * is also the head, nearly all of it is complete at the beginning: it is then sent first, and what
 * is left to send at the end are the rows of the batch's tokens, if these are fewer values.
 */
public final class BucketedExchange implements GradientExchange {
  private record Bucket(long offset, FlatVector values) {}

  private final Collective peers;
  private final FlatVector gradient;
  private final WireDtype wire;
  private final long bucketLength;

  private final long firstLength;

  /** Buckets of the first parameter, which may be sent early. */
  private final List<Bucket> early;

  /** All others. */
  private final List<Bucket> buckets;

  private LateRows rows;
  private boolean firstStarted;
  private boolean rowsFollow;
  private int started;
  private final List<PendingSum> pending = new ArrayList<>();

  /**
   * Creates the exchange of a gradient that is completed from its end only.
   *
   * @param bucketBytes size of a bucket of fp32 values, in bytes; the last one may be smaller
   */
  public BucketedExchange(Collective peers, FlatVector gradient, WireDtype wire, long bucketBytes) {
    this(peers, gradient, wire, bucketBytes, 0);
  }

  /**
   * Creates the exchange of a gradient.
   *
   * @param bucketBytes size of a bucket of fp32 values, in bytes; some may be smaller
   * @param firstLength values of the parameter that is first in the gradient, which {@link
   *     #completeBut} may name; no bucket reaches across its end
   */
  public BucketedExchange(
      Collective peers, FlatVector gradient, WireDtype wire, long bucketBytes, long firstLength) {
    this.peers = peers;
    this.gradient = gradient;
    this.wire = wire;
    this.bucketLength = Math.max(1, bucketBytes / Float.BYTES);
    this.firstLength = firstLength;
    this.early = cut(0, firstLength);
    this.buckets = cut(firstLength, gradient.length());
  }

  private List<Bucket> cut(long begin, long end) {
    List<Bucket> cut = new ArrayList<>();
    for (long to = end; to > begin; to -= bucketLength) {
      long offset = Math.max(begin, to - bucketLength);
      cut.add(new Bucket(offset, gradient.slice(offset, to - offset)));
    }
    return cut;
  }

  @Override
  public boolean completeBut(int late, Matrix matrix) {
    if (matrix.length() != firstLength || !LateRows.pay(late, matrix, peers.worldSize())) {
      return false;
    }
    if (rows == null) {
      rows = new LateRows(peers, gradient, matrix);
    }
    startFirst();
    rowsFollow = true;
    return true;
  }

  @Override
  public void add(int[] indexes, FlatVector values) {
    rows.collect(indexes, values);
  }

  @Override
  public void complete(long offset) {
    while (started < buckets.size() && buckets.get(started).offset() >= offset) {
      start(buckets.get(started));
      started++;
    }
    if (offset == 0 && !firstStarted) {
      startFirst();
    }
  }

  private void startFirst() {
    early.forEach(this::start);
    firstStarted = true;
  }

  private void start(Bucket bucket) {
    pending.add(peers.startSum(bucket.values(), wire));
  }

  @Override
  public void finish() {
    complete(0);
    boolean add = rowsFollow;
    awaitAll();
    if (add) {
      rows.exchange();
    }
  }

  /**
   * Sums that are pending still use the gradient, so all end before the first failure is thrown.
   */
  private void awaitAll() {
    RuntimeException failure = null;
    for (PendingSum sum : pending) {
      try {
        sum.await();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      }
    }
    pending.clear();
    started = 0;
    firstStarted = false;
    rowsFollow = false;
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    awaitAll();
  }

  @Override
  public Map<String, FlatVector> state() {
    return Map.of();
  }
}
