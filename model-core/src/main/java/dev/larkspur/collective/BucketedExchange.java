package dev.larkspur.collective;

import dev.larkspur.collective.Collective.PendingSum;
import dev.larkspur.tensor.FlatVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All-reduces the gradient in buckets. The flat vector has the layers in the order of the forward
 * pass, so the backward pass completes it from its end. Buckets start at the end, and each is sent
 * as soon as its first element is complete. Bucket boundaries depend only on length and bucket
 * size, so every worker sends the same buckets in the same order.
 */
public final class BucketedExchange implements GradientExchange {
  private record Bucket(long offset, FlatVector values) {}

  private final Collective peers;
  private final WireDtype wire;
  private final List<Bucket> buckets = new ArrayList<>();
  private final List<PendingSum> pending = new ArrayList<>();

  /**
   * Creates the exchange of a gradient.
   *
   * @param bucketBytes size of a bucket of fp32 values, in bytes; the last one may be smaller
   */
  public BucketedExchange(Collective peers, FlatVector gradient, WireDtype wire, long bucketBytes) {
    this.peers = peers;
    this.wire = wire;
    long size = Math.max(1, bucketBytes / Float.BYTES);
    for (long end = gradient.length(); end > 0; end -= size) {
      long offset = Math.max(0, end - size);
      buckets.add(new Bucket(offset, gradient.slice(offset, end - offset)));
    }
  }

  @Override
  public void complete(long offset) {
    while (pending.size() < buckets.size() && buckets.get(pending.size()).offset() >= offset) {
      pending.add(peers.startSum(buckets.get(pending.size()).values(), wire));
    }
  }

  @Override
  public void finish() {
    complete(0);
    awaitAll();
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
