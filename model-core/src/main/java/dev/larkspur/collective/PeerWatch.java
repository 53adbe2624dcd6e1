package dev.larkspur.collective;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Finds out which worker is missing when a collective has failed. A broken connection alone does
 * not tell: those who lose a peer hang up on all others.
 *
 * <p>Each worker has a thread that looks now and then whether somebody has raised the alarm in the
 * rendezvous store, and answers with its number of collectives so far. It answers also while its
 * worker computes or writes. Whoever has not answered after some seconds has died, is frozen or
 * cannot be reached; if all answer, those with the fewest collectives are stuck elsewhere. While
 * all goes well, this costs one small question in {@value #INTERVAL_MILLIS} ms.
 */
public final class PeerWatch implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 250;

  /** How long a live worker may take to say so; longer than a pause of its garbage collector. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final String ALARM = "alarm";
  private static final String HOST = "host";
  private static final String ANSWER = "answer";
  private static final String LEFT = "left";

  /** Counts those who have answered or left. */
  private static final String ACCOUNTED = "accounted";

  /** Counts those who need the store no more. */
  private static final String GONE = "gone";

  private final int rank;
  private final int worldSize;
  private final KeyValueStore store;
  private final String keeper;
  private final Duration patience;
  private final AtomicLong entered = new AtomicLong();
  private final Semaphore alarm = new Semaphore(0);
  private final CompletableFuture<LostPeers> verdict = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean leaving;
  private volatile boolean storeFrozen;

  /**
   * Starts watching.
   *
   * @param rendezvous of this worker
   * @param store a connection of its own, which it closes
   * @param keeper where worker 0 is
   * @param patience how long the others may take to answer
   */
  public PeerWatch(Rendezvous rendezvous, KeyValueStore store, String keeper, Duration patience) {
    this.rank = rendezvous.rank();
    this.worldSize = rendezvous.worldSize();
    this.store = store;
    this.keeper = keeper;
    this.patience = patience;
    store.set(key(HOST, rank), rendezvous.host());
    thread = new Thread(this::watch, "peer watch of worker " + rank);
    thread.setDaemon(true);
    thread.start();
  }

  /** How long the others may take to answer, in a group whose collectives have this timeout. */
  public static Duration patience(Duration timeout) {
    return timeout.compareTo(PATIENCE) < 0 ? timeout : PATIENCE;
  }

  /** This worker, for people. */
  public String worker() {
    return "worker %d of %d".formatted(rank, worldSize);
  }

  /**
   * Finds out who is missing after a collective has failed.
   *
   * @param purpose of the collective, for people, after "waiting to"
   */
  public PeerLostException lost(String purpose, Exception cause) {
    LostPeers missing = missing();
    String reason = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new PeerLostException(
        "%s lost a peer while waiting to %s: %s (%s)"
            .formatted(worker(), purpose, missing.description(), reason),
        missing.ranks(),
        cause);
  }

  /** Counts one more collective of this worker. */
  public void enter() {
    entered.incrementAndGet();
  }

  /** Raises the alarm and waits for the answers; at most somewhat longer than the patience. */
  public LostPeers missing() {
    alarm.release();
    try {
      return verdict.get(patience.toMillis() + 4 * INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      storeFrozen = true;
      return LostPeers.keeperOfStore(keeper);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return LostPeers.UNKNOWN;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the verdict is only ever completed with a value", e);
    }
  }

  private void watch() {
    try {
      while (!leaving) {
        if (alarm.tryAcquire(INTERVAL_MILLIS, TimeUnit.MILLISECONDS) && !leaving) {
          store.add(ALARM, 1);
        }
        if (!leaving && !verdict.isDone() && store.has(ALARM)) {
          store.set(key(ANSWER, rank), Long.toString(entered.get()));
          store.add(ACCOUNTED, 1);
          verdict.complete(awaitAnswers());
        }
      }
      leave();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The store is gone, and with it the worker that kept it.
      verdict.complete(rank == 0 ? LostPeers.UNKNOWN : LostPeers.keeperOfStore(keeper));
    }
  }

  /** Until all have answered or left, or the patience is over. */
  private LostPeers awaitAnswers() throws InterruptedException {
    awaitCount(ACCOUNTED, worldSize);
    List<Integer> left = new ArrayList<>();
    List<Integer> silent = new ArrayList<>();
    for (int peer = 0; peer < worldSize; peer++) {
      if (!store.has(key(ANSWER, peer))) {
        (store.has(key(LEFT, peer)) ? left : silent).add(peer);
      }
    }
    if (!silent.isEmpty()) {
      return LostPeers.silent(silent, hosts());
    }
    return left.isEmpty() ? LostPeers.late(counts(), hosts()) : LostPeers.left(left, hosts());
  }

  /** Until so many workers have added one to a counter, at most for the patience. */
  private void awaitCount(String counter, int workers) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (store.add(counter, 0) < workers && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS / 10);
    }
  }

  private long[] counts() {
    long[] counts = new long[worldSize];
    for (int peer = 0; peer < worldSize; peer++) {
      counts[peer] = Long.parseLong(store.value(key(ANSWER, peer)));
    }
    return counts;
  }

  private List<String> hosts() {
    List<String> hosts = new ArrayList<>();
    for (int peer = 0; peer < worldSize; peer++) {
      String key = key(HOST, peer);
      hosts.add(store.has(key) ? store.value(key) : "never seen");
    }
    return hosts;
  }

  /** Worker 0 keeps the store until the others have left, so that they find it while they do. */
  private void leave() throws InterruptedException {
    if (!verdict.isDone()) {
      store.set(key(LEFT, rank), "");
      store.add(ACCOUNTED, 1);
    }
    store.add(GONE, 1);
    if (rank == 0) {
      int lost = verdict.isDone() ? verdict.join().ranks().size() : 0;
      awaitCount(GONE, worldSize - lost);
    }
  }

  private static String key(String what, int peer) {
    return what + "/" + peer;
  }

  /** Tells the others that this worker leaves. */
  @Override
  public void close() {
    leaving = true;
    alarm.release();
    if (storeFrozen) {
      // The thread waits for an answer; it and its connection stay until the process ends.
      return;
    }
    try {
      thread.join(patience.toMillis() + 4 * INTERVAL_MILLIS);
      if (!thread.isAlive()) {
        store.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Who is missing from a group.
   *
   * @param ranks numbers of the workers, ascending; empty if unknown
   * @param description for people
   */
  public record LostPeers(List<Integer> ranks, String description) {
    /** Nobody knows. */
    public static final LostPeers UNKNOWN = new LostPeers(List.of(), "which one is unknown");

    /** Workers that give no sign of life. */
    static LostPeers silent(List<Integer> ranks, List<String> hosts) {
      return new LostPeers(
          ranks,
          named(ranks, hosts)
              + " gives no sign of life: it has died, is frozen, or cannot be reached");
    }

    /** Workers that have left in good order, after an error of their own. */
    static LostPeers left(List<Integer> ranks, List<String> hosts) {
      return new LostPeers(ranks, named(ranks, hosts) + " has left");
    }

    /** Worker 0, which keeps the store where the others would be asked for. */
    static LostPeers keeperOfStore(String host) {
      return silent(List.of(0), List.of(host));
    }

    /**
     * Workers that live, but have not come.
     *
     * @param counts collectives that each has entered
     */
    static LostPeers late(long[] counts, List<String> hosts) {
      long most = Arrays.stream(counts).max().orElse(0);
      List<Integer> late = new ArrayList<>();
      for (int rank = 0; rank < counts.length; rank++) {
        if (counts[rank] < most) {
          late.add(rank);
        }
      }
      return late.isEmpty()
          ? new LostPeers(
              List.of(), "all workers live: the network between them is down or far too slow")
          : new LostPeers(
              late,
              named(late, hosts)
                  + " lives, but does not come: it hangs elsewhere, or needs longer than"
                  + " training.collective-timeout");
    }

    private static String named(List<Integer> ranks, List<String> hosts) {
      return ranks.stream()
          .map(rank -> "worker %d (%s)".formatted(rank, hosts.get(rank)))
          .collect(Collectors.joining(", "));
    }
  }
}
