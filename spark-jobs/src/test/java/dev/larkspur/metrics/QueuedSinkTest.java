package dev.larkspur.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.metrics.MetricsSink.CompositeSink;
import dev.larkspur.run.RunDirectory.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class QueuedSinkTest {
  private final List<Long> steps = new CopyOnWriteArrayList<>();
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private final CountDownLatch gate = new CountDownLatch(1);

  private record Line(long step) {}

  @Test
  void aSlowSinkHoldsNobodyUpAndLosesNothing() {
    QueuedSink queue = new QueuedSink(this::slow, notes::add);
    for (long step = 1; step <= 1000; step++) {
      queue.log(step, new Line(step));
    }
    // All are logged before the sink has taken one.
    assertThat(steps).isEmpty();
    gate.countDown();
    queue.close();
    assertThat(steps).containsExactlyElementsOf(LongStream.rangeClosed(1, 1000).boxed().toList());
    assertThat(notes).isEmpty();
  }

  @Test
  void aSinkThatFailsIsReportedOnceAndDropped() {
    MetricsSink failing =
        new MetricsSink() {
          @Override
          public void log(long step, Record line) {
            steps.add(step);
            throw new IllegalStateException("no room");
          }

          @Override
          public String name() {
            return "the board";
          }
        };
    CompositeSink both = CompositeSink.of(List.of(failing, (step, line) -> {}), notes::add);
    for (long step = 1; step <= 100; step++) {
      both.log(step, new Line(step));
    }
    both.close();
    assertThat(steps).containsExactly(1L);
    assertThat(notes).containsExactly("stopped sending metrics to the board: no room");
  }

  @Test
  void whereStorageFailsForAWhileNothingIsLost() {
    AtomicBoolean available = new AtomicBoolean();
    MetricsSink sink =
        new MetricsSink() {
          @Override
          public void log(long step, Record line) {
            steps.add(step);
          }

          @Override
          public void flush() {
            if (!available.get()) {
              throw new StoreException("the disk is full", null);
            }
            gate.countDown();
          }

          @Override
          public String name() {
            return "the board";
          }
        };
    QueuedSink queue = new QueuedSink(sink, notes::add);
    queue.log(1, new Line(1));
    assertThat(queue.flushed()).failsWithin(Duration.ofSeconds(10));
    queue.log(2, new Line(2));
    assertThat(queue.flushed()).failsWithin(Duration.ofSeconds(10));
    available.set(true);
    assertThat(queue.flushed()).succeedsWithin(Duration.ofSeconds(10));
    queue.close();
    assertThat(gate.getCount()).isZero();
    assertThat(steps).containsExactly(1L, 2L);
    assertThat(notes)
        .containsExactly("cannot send metrics to the board, will retry: the disk is full");
  }

  @Test
  void aSinkThatIsAWholeQueueBehindIsDropped() {
    QueuedSink queue = new QueuedSink(this::slow, notes::add, 10, Duration.ofMillis(10));
    for (long step = 1; step <= 100; step++) {
      queue.log(step, new Line(step));
    }
    assertThat(notes).hasSize(1).first().asString().contains("more than 10 lines behind");
    queue.close();
    assertThat(notes).hasSize(1);
    gate.countDown();
  }

  @Test
  void whatASinkPostponesIsFlushedWithoutAnotherLine() throws Exception {
    CountDownLatch flushes = new CountDownLatch(2);
    MetricsSink sink =
        new MetricsSink() {
          @Override
          public void log(long step, Record line) {}

          @Override
          public void flush() {
            flushes.countDown();
          }

          @Override
          public boolean postpones() {
            return flushes.getCount() > 0;
          }
        };
    try (QueuedSink queue = new QueuedSink(sink, notes::add)) {
      queue.log(1, new Line(1));
      assertThat(flushes.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void linesAreFlushedWithinSeconds() throws Exception {
    CountDownLatch flushed = new CountDownLatch(1);
    MetricsSink sink =
        new MetricsSink() {
          @Override
          public void log(long step, Record line) {}

          @Override
          public void flush() {
            flushed.countDown();
          }
        };
    try (QueuedSink queue = new QueuedSink(sink, notes::add)) {
      queue.log(1, new Line(1));
      assertThat(flushed.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void slow(long step, Record line) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    steps.add(step);
  }
}
