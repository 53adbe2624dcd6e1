package dev.larkspur.run;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Workers as threads of this process, over the same sockets as between processes. */
final class Workers {
  private Workers() {}

  static <T> List<T> run(int count, Function<Collective, T> work) throws Exception {
    CompletableFuture<String> address = new CompletableFuture<>();
    ExecutorService pool = Executors.newFixedThreadPool(count);
    try {
      List<Callable<T>> tasks = new ArrayList<>();
      for (int rank = 0; rank < count; rank++) {
        Rendezvous rendezvous =
            new Rendezvous(
                rank,
                count,
                "127.0.0.1",
                PortRange.ANY,
                own -> own.isEmpty() || address.complete(own) ? address.join() : own,
                Duration.ofSeconds(20));
        tasks.add(
            () -> {
              try (Collective peers = Engines.named("torch").join(rendezvous, Device.cpu(1))) {
                return work.apply(peers);
              }
            });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : pool.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }
}
