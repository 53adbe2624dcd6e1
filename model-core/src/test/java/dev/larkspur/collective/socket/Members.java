package dev.larkspur.collective.socket;

import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.collective.socket.PeerLinks.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The members of a group as threads of this process. */
final class Members {
  private Members() {}

  /** What each member returns, by rank. */
  static <T> List<T> run(int worldSize, Work<T> work) throws Exception {
    return run(worldSize, Window.of(worldSize), work);
  }

  static <T> List<T> run(int worldSize, Window window, Work<T> work) throws Exception {
    CompletableFuture<String> address = new CompletableFuture<>();
    ExecutorService pool = Executors.newFixedThreadPool(worldSize);
    try {
      List<Callable<T>> tasks = new ArrayList<>();
      for (int rank = 0; rank < worldSize; rank++) {
        Rendezvous rendezvous = rendezvous(rank, worldSize, address);
        tasks.add(
            () -> {
              try (SocketCollective peers = SocketCollective.join(rendezvous, window)) {
                return work.run(peers);
              }
            });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : pool.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }

  private static Rendezvous rendezvous(int rank, int worldSize, CompletableFuture<String> address) {
    return new Rendezvous(
        rank,
        worldSize,
        "127.0.0.1",
        PortRange.ANY,
        own -> {
          if (!own.isEmpty()) {
            address.complete(own);
          }
          return address.join();
        },
        Duration.ofSeconds(20));
  }

  interface Work<T> {
    T run(SocketCollective peers) throws Exception;
  }
}
