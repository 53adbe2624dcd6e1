package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.PortRange;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.FlatVector;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Gloo between threads of this process: the same sockets as between processes. */
class GlooCollectiveTest {

  @Test
  void everyRankEndsWithTheSameSum() throws Exception {
    int length = 100_003;
    List<float[]> results =
        onRanks(
            3,
            peers -> {
              float[] values = new float[length];
              for (int i = 0; i < length; i++) {
                values[i] = (peers.rank() + 1) * 0.1f + i;
              }
              FlatVector vector = new TorchVector(Tensor.create(values));
              peers.allReduceSum(vector);
              double[] numbers = {peers.rank(), 1};
              peers.allReduceSum(numbers);
              assertThat(numbers).containsExactly(3, 3);
              peers.barrier();
              float[] sums = new float[length];
              vector.read(0, FloatBuffer.wrap(sums));
              return sums;
            });
    assertThat(results.get(0)).isEqualTo(results.get(1)).isEqualTo(results.get(2));
    for (int i = 0; i < length; i += 997) {
      assertThat((double) results.get(0)[i]).isCloseTo(0.6 + 3.0 * i, within(i));
    }
  }

  @Test
  void broadcastCopiesTheRoot() throws Exception {
    List<float[]> results =
        onRanks(
            2,
            peers -> {
              FlatVector vector = new TorchVector(Tensor.create(new float[] {peers.rank(), 7f}));
              peers.broadcast(vector, 1);
              float[] values = new float[2];
              vector.read(0, FloatBuffer.wrap(values));
              return values;
            });
    assertThat(results).allSatisfy(values -> assertThat(values).containsExactly(1f, 7f));
  }

  @Test
  void aPeerThatLeavesIsReported() {
    assertThatThrownBy(
            () ->
                onRanks(
                    2,
                    peers -> {
                      if (peers.rank() == 0) {
                        peers.barrier();
                      }
                      return null;
                    }))
        .hasRootCauseInstanceOf(RuntimeException.class)
        .cause()
        .isInstanceOf(PeerLostException.class)
        .hasMessageContaining("worker 0 of 2 lost a peer")
        .hasMessageContaining("worker 1 (127.0.0.1) has left");
  }

  @Test
  void aPeerThatLivesButDoesNotComeIsNamed() throws Exception {
    CountDownLatch named = new CountDownLatch(1);
    List<String> messages =
        onRanks(
            2,
            Duration.ofSeconds(2),
            peers -> {
              if (peers.rank() == 1) {
                awaitLatch(named);
                return "";
              }
              try {
                peers.barrier();
                return "no exception";
              } catch (PeerLostException e) {
                assertThat(e.ranks()).containsExactly(1);
                return e.getMessage();
              } finally {
                named.countDown();
              }
            });
    assertThat(messages.get(0)).contains("worker 1 (127.0.0.1) lives, but does not come");
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static org.assertj.core.data.Offset<Double> within(int magnitude) {
    return org.assertj.core.api.Assertions.within(1e-6 * (1 + magnitude) * 3);
  }

  private static <T> List<T> onRanks(int worldSize, Function<Collective, T> work) throws Exception {
    return onRanks(worldSize, Duration.ofSeconds(20), work);
  }

  private static <T> List<T> onRanks(int worldSize, Duration timeout, Function<Collective, T> work)
      throws Exception {
    CompletableFuture<String> address = new CompletableFuture<>();
    ExecutorService pool = Executors.newFixedThreadPool(worldSize);
    try {
      List<Callable<T>> tasks = new ArrayList<>();
      for (int rank = 0; rank < worldSize; rank++) {
        Rendezvous rendezvous =
            new Rendezvous(
                rank,
                worldSize,
                "127.0.0.1",
                PortRange.ANY,
                own -> {
                  if (!own.isEmpty()) {
                    address.complete(own);
                  }
                  return address.join();
                },
                timeout);
        tasks.add(
            () -> {
              try (Collective peers = new TorchEngine().join(rendezvous, Device.cpu(1))) {
                return work.apply(peers);
              }
            });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : pool.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }
}
