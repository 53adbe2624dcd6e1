package dev.larkspur.engine.contract;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.engine.Device;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A driver restarts its workers again and again in the same processes. */
public abstract class GroupContract extends EngineContract {
  private static final Path SELF = Path.of("/proc/self");

  @Test
  void aGroupThatIsLeftLeavesNoFilesAndNoThreads() throws Exception {
    assumeThat(SELF.resolve("fd")).exists();
    meet(2);
    long files = count("fd");
    long threads = count("task");
    meet(6);
    // One more of something in each group would be 12; the JVM's own come and go.
    assertFallsBelow(files + 6, "fd");
    assertFallsBelow(threads + 6, "task");
  }

  /** A thread that has been joined is still counted until the system has ended it. */
  @SuppressWarnings("ThreadPriorityCheck")
  private static void assertFallsBelow(long limit, String entries) throws IOException {
    long deadline = System.nanoTime() + SECONDS.toNanos(20);
    while (count(entries) >= limit && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(count(entries)).as(entries).isLessThan(limit);
  }

  @Test
  void aPortIsFreeAgainWhenTheMeetingHasFailed() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Rendezvous failing =
        new Rendezvous(
            0,
            2,
            "127.0.0.1",
            new PortRange(port, port),
            own -> {
              throw new IllegalStateException("the others have not come");
            },
            Duration.ofSeconds(20));
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> engine().join(failing, Device.cpu(1)))
          .hasMessageContaining("the others have not come");
    }
  }

  private void meet(int times) throws Exception {
    for (int time = 0; time < times; time++) {
      onWorkers(
          2,
          peers -> {
            peers.barrier();
            return null;
          });
    }
  }

  private static long count(String entries) throws IOException {
    try (Stream<Path> all = Files.list(SELF.resolve(entries))) {
      return all.count();
    }
  }
}
