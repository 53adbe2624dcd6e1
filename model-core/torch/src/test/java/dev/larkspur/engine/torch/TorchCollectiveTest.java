package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.EngineException;
import dev.larkspur.tensor.FlatVector;
import java.net.ServerSocket;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Gloo between threads of this process: the same sockets as between processes. */
class TorchCollectiveTest {

  @Test
  void everyRankEndsWithTheSameSum() throws Exception {
    int length = 100_003;
    List<float[]> results =
        Ranks.run(
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
        Ranks.run(
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
                Ranks.run(
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
  void nothingListensOnOtherAddressesThanTheChosenOne() throws Exception {
    assumeTrue(ListeningSockets.areKnown(), "only Linux lists its sockets in files");
    List<String> before = ListeningSockets.ofThisProcess();
    List<List<String>> opened =
        Ranks.run(
            2,
            peers -> {
              peers.barrier();
              List<String> now = ListeningSockets.ofThisProcess();
              now.removeAll(before);
              peers.barrier();
              return now;
            });
    // The rendezvous of rank 0, and Gloo.
    assertThat(opened.get(0))
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(address -> address.startsWith(ListeningSockets.LOOPBACK));
  }

  @Test
  void aPortThatIsTakenIsRefusedUnderItsSetting() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      PortRange ports = new PortRange(taken.getLocalPort(), taken.getLocalPort());
      Rendezvous rendezvous =
          new Rendezvous(0, 2, "127.0.0.1", ports, own -> own, Duration.ofSeconds(20));
      assertThatThrownBy(() -> new TorchEngine().join(rendezvous, Device.cpu(1)))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("training.rendezvous-ports = " + taken.getLocalPort());
    }
  }

  @Test
  void aPeerThatLivesButDoesNotComeIsNamed() throws Exception {
    CountDownLatch named = new CountDownLatch(1);
    List<String> messages =
        Ranks.run(
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
}
