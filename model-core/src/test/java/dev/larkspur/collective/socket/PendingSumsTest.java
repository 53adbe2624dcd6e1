package dev.larkspur.collective.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.BucketedExchange;
import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.FlatVector.HostCopy;
import dev.larkspur.tensor.HeapVector;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The gradient's memory is freed after a failed step: no pending sum may use it then. */
@Timeout(60)
class PendingSumsTest {
  private static final int BUCKET = 10_000;
  private static final int BUCKETS = 20;

  @Test
  void noSumUsesTheGradientAfterAPeerWasLost() throws Exception {
    List<FreedVector> gradients =
        Members.run(
            2,
            peers -> {
              FreedVector gradient = new FreedVector();
              BucketedExchange exchange = exchange(peers, gradient);
              if (peers.rank() == 1) {
                // Takes part in some sums, and leaves.
                exchange.complete((BUCKETS - 3) * (long) BUCKET);
                exchange.close();
                return gradient;
              }
              exchange.complete(0);
              assertThatThrownBy(exchange::finish)
                  .isInstanceOf(PeerLostException.class)
                  .hasMessageContaining("worker 1 (127.0.0.1) has left");
              gradient.freed = true;
              assertThatThrownBy(peers::barrier).isInstanceOf(PeerLostException.class);
              return gradient;
            });
    assertThat(gradients.get(0).usesOnceFreed).hasValue(0);
  }

  @Test
  void noSumUsesTheGradientAfterAnInterrupt() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    List<FreedVector> gradients =
        Members.run(
            2,
            peers -> {
              FreedVector gradient = new FreedVector();
              BucketedExchange exchange = exchange(peers, gradient);
              if (peers.rank() == 1) {
                interrupted.await();
                assertThatThrownBy(exchange::finish).isInstanceOf(PeerLostException.class);
                over.countDown();
                return gradient;
              }
              exchange.complete(0);
              Thread.currentThread().interrupt();
              assertThatThrownBy(exchange::finish)
                  .isInstanceOf(PeerLostException.class)
                  .hasMessage("worker 0 of 2 was interrupted while it waited for its peers");
              gradient.freed = true;
              assertThat(Thread.interrupted()).isTrue();
              interrupted.countDown();
              over.await();
              return gradient;
            });
    assertThat(gradients.get(0).usesOnceFreed).hasValue(0);
  }

  /** The backward pass of worker 0 fails after it has completed a part of the gradient. */
  @Test
  void anExchangeThatIsClosedWaitsForItsSums() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    List<FreedVector> gradients =
        Members.run(
            2,
            peers -> {
              FreedVector gradient = new FreedVector();
              BucketedExchange exchange = exchange(peers, gradient);
              if (peers.rank() == 1) {
                closing.await();
              }
              exchange.complete(BUCKET);
              closing.countDown();
              exchange.close();
              gradient.freed = true;
              peers.barrier();
              return gradient;
            });
    assertThat(gradients)
        .allSatisfy(
            gradient -> {
              assertThat(gradient.usesOnceFreed).hasValue(0);
              assertThat(gradient.values.values()[BUCKET]).isEqualTo(2);
              assertThat(gradient.values.values()[0]).isEqualTo(1);
            });
  }

  private static BucketedExchange exchange(SocketCollective peers, FlatVector gradient) {
    return new BucketedExchange(peers, gradient, WireDtype.FP32, BUCKET * (long) Float.BYTES);
  }

  /** Ones; counts what is read and written after its memory would have been freed. */
  private static final class FreedVector implements FlatVector {
    private final HeapVector values = new HeapVector(BUCKET * (long) BUCKETS);
    private final AtomicInteger usesOnceFreed = new AtomicInteger();
    private volatile boolean freed;

    FreedVector() {
      Arrays.fill(values.values(), 1);
    }

    private void use() {
      if (freed) {
        usesOnceFreed.incrementAndGet();
      }
    }

    @Override
    public long length() {
      return values.length();
    }

    @Override
    public void read(long offset, FloatBuffer into) {
      use();
      values.read(offset, into);
    }

    @Override
    public void write(long offset, FloatBuffer from) {
      use();
      values.write(offset, from);
    }

    @Override
    public HostCopy hostCopy(long from, long to) {
      return values.hostCopy(from, to);
    }
  }
}
