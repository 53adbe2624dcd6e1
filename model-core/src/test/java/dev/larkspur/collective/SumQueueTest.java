package dev.larkspur.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.Collective.PendingSum;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a sum may still use its vector. */
@Timeout(30)
class SumQueueTest {

  @Test
  void afterAFailureNoFurtherSumRuns() {
    AtomicBoolean ran = new AtomicBoolean();
    try (SumQueue sums = new SumQueue("worker 0 of 2")) {
      IllegalStateException failure = new IllegalStateException("lost");
      PendingSum first =
          sums.add(
              () -> {
                throw failure;
              });
      PendingSum second = sums.add(() -> ran.set(true));
      assertThatThrownBy(first::await).isSameAs(failure);
      assertThatThrownBy(second::await).isSameAs(failure);
    }
    assertThat(ran).isFalse();
  }

  @Test
  void anInterruptedWorkerWaitsUntilTheRunningSumHasEnded() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    AtomicBoolean queuedRan = new AtomicBoolean();
    try (SumQueue sums = new SumQueue("worker 0 of 2")) {
      PendingSum running =
          sums.add(
              () -> {
                started.countDown();
                untilInterrupted();
                ended.set(true);
              });
      PendingSum queued = sums.add(() -> queuedRan.set(true));
      started.await();
      Thread.currentThread().interrupt();
      assertThatThrownBy(running::await)
          .isInstanceOf(PeerLostException.class)
          .hasMessage("worker 0 of 2 was interrupted while it waited for its peers");
      assertThat(ended).isTrue();
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(queued::await).isInstanceOf(PeerLostException.class);
    }
    assertThat(queuedRan).isFalse();
  }

  private static void untilInterrupted() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
