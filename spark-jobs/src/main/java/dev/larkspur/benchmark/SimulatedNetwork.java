package dev.larkspur.benchmark;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.tensor.FlatVector;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Simulates slower links between workers: each exchange of gradients takes at least as long as its
 * bytes would take at a given bandwidth, one exchange after another. The model assumes that a
 * worker sends 2 (W - 1) / W of a summed vector, as in a ring, and W - 1 times the longest message
 * of an all-gather, over a link without other traffic. Latency is that of the real network.
 */
final class SimulatedNetwork implements Collective {
  private static final int BITS = 8;
  private static final int BF16_BYTES = 2;

  private final Collective peers;
  private final ExecutorService link;
  private double bitsPerSecond = Double.POSITIVE_INFINITY;
  private long sentBytes;

  /** Uses the links of a group, which stays open. */
  SimulatedNetwork(Collective peers) {
    this.peers = peers;
    this.link =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "simulated link of rank " + peers.rank());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Sets the simulated bandwidth of each link; infinite to use the real one. */
  void limit(double bits) {
    bitsPerSecond = bits;
  }

  /** Bytes that this worker has sent for gradients so far. */
  long sentBytes() {
    return sentBytes;
  }

  @Override
  public int rank() {
    return peers.rank();
  }

  @Override
  public int worldSize() {
    return peers.worldSize();
  }

  @Override
  public void allReduceSum(FlatVector vector) {
    startSum(vector, WireDtype.FP32).await();
  }

  @Override
  public PendingSum startSum(FlatVector vector, WireDtype wire) {
    long values = 2L * (worldSize() - 1) * vector.length() / worldSize();
    long bytes = values * (wire == WireDtype.FP32 ? Float.BYTES : BF16_BYTES);
    sentBytes += bytes;
    Future<?> sum =
        link.submit(
            () -> {
              send(bytes);
              peers.startSum(vector, wire).await();
            });
    return () -> await(sum);
  }

  @Override
  public int[][] allGather(int[] values) {
    int[][] all = peers.allGather(values);
    int longest = 0;
    for (int[] each : all) {
      longest = Math.max(longest, each.length);
    }
    long bytes = (long) (worldSize() - 1) * longest * Integer.BYTES;
    sentBytes += bytes;
    send(bytes);
    return all;
  }

  private void send(long bytes) {
    long end = System.nanoTime() + (long) (1e9 * bytes * BITS / bitsPerSecond);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void await(Future<?> sum) {
    try {
      sum.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerLostException("interrupted while it waited for its peers", List.of(), e);
    }
  }

  @Override
  public void allReduceSum(double[] numbers) {
    peers.allReduceSum(numbers);
  }

  @Override
  public void broadcast(FlatVector vector, int root) {
    peers.broadcast(vector, root);
  }

  @Override
  public void barrier() {
    peers.barrier();
  }

  /** Stops the thread of the link; the group stays open. */
  @Override
  public void close() {
    link.shutdownNow();
  }
}
