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
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Determines which worker is missing when a collective has failed. A broken connection does not
 * identify it, because workers that lose a peer close all their connections.
 *
 * <p>Each worker has a thread that polls the rendezvous store for an alarm, and answers it with its
 * number of collectives so far, even while its worker computes or writes. A worker that does not
 * answer within some seconds has died, is frozen or cannot be reached; if all answer, those with
 * the fewest collectives are stuck elsewhere. Without an alarm, this costs one small request every
 * {@value #INTERVAL_MILLIS} ms.
 */
public final class PeerWatch implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 250;

  /** Time for a live worker to answer; longer than a pause of its garbage collector. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final String ALARM = "alarm";
  private static final String HOST = "host";
  private static final String ANSWER = "answer";
  private static final String LEFT = "left";

  /** Counts workers that have answered or left. */
  private static final String ACCOUNTED = "accounted";

  /** Counts workers that no longer need the store. */
  private static final String DONE = "done";

  private final int rank;
  private final int worldSize;
  private final Supplier<? extends KeyValueStore> stores;
  private final String storeHost;
  private final Duration answerTimeout;
  private final AtomicLong entered = new AtomicLong();
  private final Semaphore alarm = new Semaphore(0);
  private final CompletableFuture<LostPeers> result = new CompletableFuture<>();
  private final Thread thread;
  private KeyValueStore store;
  private volatile boolean leaving;
  private volatile boolean storeFrozen;

  /**
   * Starts watching.
   *
   * @param rendezvous of this worker
   * @param stores opens a separate connection, which this object closes; called again when worker 0
   *     has not answered in time
   * @param storeHost host of worker 0
   * @param answerTimeout maximum time for the others to answer
   */
  public PeerWatch(
      Rendezvous rendezvous,
      Supplier<? extends KeyValueStore> stores,
      String storeHost,
      Duration answerTimeout) {
    this.rank = rendezvous.rank();
    this.worldSize = rendezvous.worldSize();
    this.stores = stores;
    this.storeHost = storeHost;
    this.answerTimeout = answerTimeout;
    store = stores.get();
    try {
      store.set(key(HOST, rank), rendezvous.host());
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
    thread = new Thread(this::watch, "peer watch of worker " + rank);
    thread.setDaemon(true);
    thread.start();
  }

  /** Time for the others to answer, in a group whose collectives have this timeout. */
  public static Duration answerTimeout(Duration timeout) {
    return timeout.compareTo(PATIENCE) < 0 ? timeout : PATIENCE;
  }

  /** This worker, for messages. */
  public String worker() {
    return "worker %d of %d".formatted(rank, worldSize);
  }

  /**
   * Determines which workers are missing after a collective has failed.
   *
   * @param purpose of the collective, for messages, after "waiting to"
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

  /** Raises the alarm and waits for answers, at most slightly longer than the answer timeout. */
  public LostPeers missing() {
    alarm.release();
    try {
      return result.get(answerTimeout.toMillis() + 4 * INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      storeFrozen = true;
      return LostPeers.storeLost(storeHost);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return LostPeers.UNKNOWN;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the result is only ever completed with a value", e);
    }
  }

  private void watch() {
    try {
      while (!leaving) {
        boolean raised = alarm.tryAcquire(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        if (raised && !leaving) {
          store.add(ALARM, 1);
        }
        if (!leaving && !result.isDone() && (raised ? store.has(ALARM) : isRaisedByOther())) {
          store.set(key(ANSWER, rank), Long.toString(entered.get()));
          store.add(ACCOUNTED, 1);
          result.complete(awaitAnswers());
        }
      }
      leave();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The store is lost, and with it the worker that hosts it.
      result.complete(rank == 0 ? LostPeers.UNKNOWN : LostPeers.storeLost(storeHost));
    }
  }

  /**
   * Whether another worker has raised the alarm. If the store does not answer, but this worker has
   * lost no peer, worker 0 may only have stalled: the next request gets a new connection.
   */
  private boolean isRaisedByOther() {
    try {
      return store.has(ALARM);
    } catch (RuntimeException e) {
      if (leaving || alarm.availablePermits() > 0) {
        throw e;
      }
      store.close();
      reconnect();
      return false;
    }
  }

  private void reconnect() {
    try {
      store = stores.get();
    } catch (RuntimeException e) {
      // The next request fails too, and is followed by the next attempt.
    }
  }

  /** Waits until all have answered or left, or the answer timeout has passed. */
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

  /**
   * Waits until {@code workers} workers have incremented a counter, at most for the answer timeout.
   */
  private void awaitCount(String counter, int workers) throws InterruptedException {
    long end = System.nanoTime() + answerTimeout.toNanos();
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

  /** Worker 0 keeps the store open until the others have left, because they use it until then. */
  private void leave() throws InterruptedException {
    if (!result.isDone()) {
      store.set(key(LEFT, rank), "");
      store.add(ACCOUNTED, 1);
    }
    store.add(DONE, 1);
    if (rank == 0) {
      int lost = result.isDone() ? result.join().ranks().size() : 0;
      awaitCount(DONE, worldSize - lost);
    }
  }

  private static String key(String what, int peer) {
    return what + "/" + peer;
  }

  /** Notifies the others that this worker leaves. */
  @Override
  public void close() {
    leaving = true;
    alarm.release();
    if (storeFrozen) {
      // The thread waits for a response; it and its connection stay until the process ends.
      return;
    }
    try {
      thread.join(answerTimeout.toMillis() + 4 * INTERVAL_MILLIS);
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
   * @param ranks of the workers, in ascending order; empty if unknown
   * @param description for messages
   */
  public record LostPeers(List<Integer> ranks, String description) {
    /** The missing worker is unknown. */
    public static final LostPeers UNKNOWN = new LostPeers(List.of(), "which one is unknown");

    /** Workers that do not answer. */
    static LostPeers silent(List<Integer> ranks, List<String> hosts) {
      return new LostPeers(
          ranks,
          named(ranks, hosts) + " does not answer: it has died, is frozen, or cannot be reached");
    }

    /** Workers that have left regularly, after their own error. */
    static LostPeers left(List<Integer> ranks, List<String> hosts) {
      return new LostPeers(ranks, named(ranks, hosts) + " has left");
    }

    /** Worker 0, which hosts the store. */
    static LostPeers storeLost(String host) {
      return silent(List.of(0), List.of(host));
    }

    /**
     * Workers that are alive, but have not joined the collective.
     *
     * @param counts number of collectives that each has entered
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
              List.of(), "all workers are alive: the network between them is down or far too slow")
          : new LostPeers(
              late,
              named(late, hosts)
                  + " is alive, but does not join: it hangs elsewhere, or needs longer than"
                  + " training.collective-timeout");
    }

    private static String named(List<Integer> ranks, List<String> hosts) {
      return ranks.stream()
          .map(rank -> "worker %d (%s)".formatted(rank, hosts.get(rank)))
          .collect(Collectors.joining(", "));
    }
  }
}
