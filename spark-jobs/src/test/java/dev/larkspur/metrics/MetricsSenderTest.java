package dev.larkspur.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.metrics.MetricsReceiver.Line;
import dev.larkspur.metrics.MetricsReceiver.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsSenderTest {
  private final List<Long> steps = new ArrayList<>();
  private int messages;
  private long flush;

  private record Numbers(long step) {}

  /** Loses the second message on the way, and the reply to the third on the way back. */
  private synchronized long receive(Message message) throws IOException {
    messages++;
    if (messages == 2) {
      throw new IOException("the message is lost");
    }
    assertThat(message.lines()).hasSizeLessThanOrEqualTo(1000);
    List<Line> lines = message.lines();
    lines
        .subList((int) (steps.size() - message.first()), lines.size())
        .forEach(line -> steps.add(line.step()));
    if (messages == 3) {
      throw new IOException("the reply is lost");
    }
    flush = message.flush();
    return steps.size();
  }

  @Test
  void noLineIsLostOrDoubledIfMessagesAreLost() {
    MetricsSender sender = new MetricsSender(this::receive);
    for (long step = 1; step <= 2500; step++) {
      sender.log(step, new Numbers(step));
    }
    sender.start();
    sender.close();
    assertThat(steps).containsExactlyElementsOf(LongStream.rangeClosed(1, 2500).boxed().toList());
    assertThat(flush).isEqualTo(1);
    assertThat(messages).isEqualTo(5);
  }

  @Test
  void stepsNeverWaitForADriverThatIsAway() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch logged = new CountDownLatch(1);
    MetricsSender sender =
        new MetricsSender(
            message -> {
              asked.countDown();
              logged.await();
              message.lines().forEach(line -> steps.add(line.step()));
              return steps.size();
            });
    sender.start();
    sender.log(1, new Numbers(1));
    asked.await();
    for (long step = 2; step <= 1000; step++) {
      sender.log(step, new Numbers(step));
    }
    logged.countDown();
    sender.close();
    assertThat(steps).containsExactlyElementsOf(LongStream.rangeClosed(1, 1000).boxed().toList());
  }
}
