package dev.larkspur.collective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.collective.PeerWatch.LostPeers;
import dev.larkspur.collective.Rendezvous.PortRange;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The watch of two workers on a store in this process: it needs no engine. */
class PeerWatchTest {
  /** So long that a worker that is there answers, however slow the machine is. */
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Map<String, String> entries = new ConcurrentHashMap<>();

  @Test
  void aWorkerThatIsBehindIsNamed() {
    PeerWatch first = watch(0);
    PeerWatch second = watch(1);
    first.enter();
    LostPeers missing = first.missing();
    assertThat(missing.ranks()).containsExactly(1);
    assertThat(missing.description()).contains("worker 1 (host-1) is alive, but does not join");
    second.close();
    first.close();
  }

  @Test
  void aWorkerThatHasLeftIsNamed() {
    PeerWatch first = watch(0);
    watch(1).close();
    LostPeers missing = first.missing();
    assertThat(missing.ranks()).containsExactly(1);
    assertThat(missing.description()).isEqualTo("worker 1 (host-1) has left");
    first.close();
  }

  @Test
  void aWorkerThatNeverCameIsNamed() {
    PeerWatch first = watch(0, InMemory::new, Duration.ofSeconds(1));
    LostPeers missing = first.missing();
    assertThat(missing.ranks()).containsExactly(1);
    assertThat(missing.description()).startsWith("worker 1 (never seen) does not answer");
    first.close();
  }

  /** Worker 0 had stalled: a request of worker 1 failed, while nobody had lost anybody. */
  @Test
  void aWorkerWhoseConnectionFailedAnswersOverANewOne() throws InterruptedException {
    CountDownLatch failed = new CountDownLatch(1);
    CountDownLatch connectedAnew = new CountDownLatch(1);
    Iterator<KeyValueStore> connections =
        List.<KeyValueStore>of(new Failing(failed), new InMemory()).iterator();
    PeerWatch second =
        watch(
            1,
            () -> {
              KeyValueStore next = connections.next();
              if (failed.getCount() == 0) {
                connectedAnew.countDown();
              }
              return next;
            },
            LONG);
    assertThat(connectedAnew.await(10, TimeUnit.SECONDS)).isTrue();
    PeerWatch first = watch(0);
    first.enter();
    assertThat(first.missing().description()).contains("worker 1 (host-1) is alive");
    second.close();
    first.close();
  }

  private PeerWatch watch(int rank) {
    return watch(rank, InMemory::new, LONG);
  }

  private PeerWatch watch(int rank, Supplier<KeyValueStore> stores, Duration patience) {
    Rendezvous rendezvous =
        new Rendezvous(rank, 2, "host-" + rank, PortRange.ANY, own -> own, patience);
    return new PeerWatch(rendezvous, stores, "host-0", patience);
  }

  private class InMemory implements KeyValueStore {

    @Override
    public void set(String key, String value) {
      entries.put(key, value);
    }

    @Override
    public String value(String key) {
      return entries.get(key);
    }

    @Override
    public boolean has(String key) {
      return entries.containsKey(key);
    }

    @Override
    public long add(String counter, long number) {
      return Long.parseLong(
          entries.merge(
              counter,
              Long.toString(number),
              (before, more) -> Long.toString(Long.parseLong(before) + Long.parseLong(more))));
    }

    @Override
    public void close() {}
  }

  /** Takes values, but does not answer questions. */
  private final class Failing extends InMemory {
    private final CountDownLatch failed;

    Failing(CountDownLatch failed) {
      this.failed = failed;
    }

    @Override
    public boolean has(String key) {
      failed.countDown();
      throw new IllegalStateException("no answer in time");
    }
  }
}
