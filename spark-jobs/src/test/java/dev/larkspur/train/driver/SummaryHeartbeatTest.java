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
  void continuesWithoutStorageAndEndsWithTheAttempt() throws Exception {
    CountDownLatch beats = new CountDownLatch(3);
    AtomicInteger written = new AtomicInteger();
    try (SummaryHeartbeat heartbeat =
        SummaryHeartbeat.every(
            Duration.ofMillis(1),
            () -> {
              written.incrementAndGet();
              beats.countDown();
              throw new StoreException("away", null);
            })) {
      assertThat(beats.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(heartbeat).isNotNull();
    }
    int ended = written.get();
    assertThat(written.get()).isEqualTo(ended);
  }
}
