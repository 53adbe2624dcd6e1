package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.train.driver.SummaryFile.SummaryHeartbeat;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SummaryHeartbeatTest {
  @Test
  void continuesWithoutStorage() throws Exception {
    CountDownLatch beats = new CountDownLatch(3);
    SummaryHeartbeat heartbeat =
        SummaryHeartbeat.every(
            Duration.ofMillis(1),
            () -> {
              beats.countDown();
              throw new StoreException("away", null);
            });
    assertThat(beats.await(1, TimeUnit.MINUTES)).isTrue();
    heartbeat.close();
  }

  @Test
  void endsAfterTheWriteThatIsInProgress() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger completed = new AtomicInteger();
    SummaryHeartbeat heartbeat =
        SummaryHeartbeat.every(
            Duration.ofMillis(1),
            () -> {
              begun.countDown();
              try {
                release.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              completed.incrementAndGet();
            });
    assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
    AtomicInteger completedAtClose = new AtomicInteger();
    Thread closing =
        new Thread(
            () -> {
              heartbeat.close();
              completedAtClose.set(completed.get());
            });
    closing.start();
    release.countDown();
    closing.join();
    assertThat(completedAtClose).hasPositiveValue().hasValue(completed.get());
  }
}
