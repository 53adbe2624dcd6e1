package dev.larkspur.train.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.metrics.Progress;
import dev.larkspur.metrics.Progress.Activity;
import dev.larkspur.metrics.Progress.LatestMetrics;
import dev.larkspur.metrics.Progress.Position;
import dev.larkspur.train.cluster.BarrierStage.Failures;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StallWatchTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final StallWatch watch =
      new StallWatch(Duration.ofMinutes(10), nanos::get, cancelled::incrementAndGet);

  private static Progress progress(Activity activity, long step) {
    return new Progress(activity, new Position(step, 100, 0), 0, 1, LatestMetrics.NONE);
  }

  private void pass(int minutes) {
    nanos.addAndGet(Duration.ofMinutes(minutes).toNanos());
    watch.check();
  }

  @Test
  void everyReportIsASignOfLife() {
    pass(9);
    watch.progress(progress(Activity.STARTING, 0));
    pass(9);
    watch.progress(progress(Activity.TRAINING, 0));
    pass(10);
    assertThat(cancelled).hasValue(0);
    assertThat(watch.stalled()).isEmpty();
  }

  @Test
  void silenceCancelsOnceAndMayPass() {
    watch.progress(progress(Activity.VALIDATING, 1200));
    pass(11);
    pass(11);
    assertThat(cancelled).hasValue(1);
    assertThat(watch.stalled())
        .hasValueSatisfying(
            failure -> {
              assertThat(failure)
                  .hasMessageContainingAll(
                      "nothing for 600 s", "training.stall-timeout", "validation of step 1,200");
              assertThat(Failures.isLasting(failure)).isFalse();
            });
  }

  @Test
  void workersThatNeverStartAreMissedToo() {
    pass(11);
    assertThat(watch.stalled())
        .hasValueSatisfying(
            failure -> assertThat(failure).hasMessageContaining("since they were started"));
  }
}
