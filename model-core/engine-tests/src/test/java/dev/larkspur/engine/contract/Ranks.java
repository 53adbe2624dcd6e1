package dev.larkspur.engine.contract;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * The members of a group as threads of this process, over the same sockets as between processes.
 */
public final class Ranks {
  private final Engine engine;

  /** Members that an engine joins. */
  public Ranks(Engine engine) {
    this.engine = engine;
  }

  /** What each member returns, by rank. */
  public <T> List<T> run(int worldSize, Function<Collective, T> work) throws Exception {
    return run(worldSize, Duration.ofSeconds(20), work);
  }

  /** The same with another timeout of the rendezvous and of each collective. */
  public <T> List<T> run(int worldSize, Duration timeout, Function<Collective, T> work)
      throws Exception {
    CompletableFuture<String> address = new CompletableFuture<>();
    ExecutorService pool = Executors.newFixedThreadPool(worldSize);
    try {
      List<Callable<T>> tasks = new ArrayList<>();
      for (int rank = 0; rank < worldSize; rank++) {
        Rendezvous rendezvous =
            new Rendezvous(
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
                timeout);
        tasks.add(
            () -> {
              try (Collective peers = engine.join(rendezvous, Device.cpu(1))) {
                return work.apply(peers);
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
}
