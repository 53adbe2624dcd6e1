package dev.larkspur.benchmark;

import dev.larkspur.benchmark.ExchangeBenchmark.ExchangePlan;
import dev.larkspur.benchmark.ExchangeReport.StepTimes;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.Engines;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The gradient exchange in steps of several workers of one process, medians of the rounds.
 *
 * @param workers number of workers, which share the threads
 * @param exchange seconds of the exchange alone
 * @param waited seconds from the end of the backward pass to the end of the exchange
 * @param hidden fraction of the exchange that is hidden behind the backward pass
 * @param speedup speed of all workers together as a multiple of one worker's with the same threads
 */
public record ExchangeTime(
    int workers, double exchange, double waited, double hidden, double speedup) {
  private static final int ROUNDS = 3;
  private static final String HOST = "127.0.0.1";

  /**
   * Measures workers as threads of this process, over the sockets that workers of one host use.
   *
   * @throws StepBenchmarkException if a worker fails
   */
  static ExchangeTime measure(EngineTask task) {
    int workers = task.load().workers();
    CompletableFuture<String> address =
        new CompletableFuture<String>()
            .orTimeout(task.exchange().timeout().toMillis(), TimeUnit.MILLISECONDS);
    ExecutorService pool = Executors.newFixedThreadPool(workers);
    try {
      List<Future<StepTimes>> ranks = new ArrayList<>();
      for (int rank = 0; rank < workers; rank++) {
        Rendezvous rendezvous =
            new Rendezvous(
                rank,
                workers,
                HOST,
                PortRange.ANY,
                own -> {
                  if (!own.isEmpty()) {
                    address.complete(own);
                  }
                  return address.join();
                },
                task.exchange().timeout());
        ranks.add(pool.submit(() -> steps(task, rendezvous)));
      }
      for (Future<StepTimes> rank : ranks) {
        rank.get();
      }
      StepTimes times = ranks.get(0).get();
      return new ExchangeTime(
          workers,
          times.exchange().median(),
          times.waited().median(),
          times.hidden(),
          times.speedup());
    } catch (ExecutionException e) {
      throw new StepBenchmarkException(
          "the exchange of %d workers of %s failed: %s"
              .formatted(workers, task.engine(), e.getCause().getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static StepTimes steps(EngineTask task, Rendezvous rendezvous) {
    Engine engine = Engines.named(task.engine());
    int workers = rendezvous.worldSize();
    boolean cpu = task.device().type() == Device.Type.CPU;
    Device device =
        cpu
            ? Device.cpu(Math.max(1, task.device().threads() / workers))
            : Device.cuda(rendezvous.rank());
    ExchangePlan plan =
        new ExchangePlan(
            workers,
            ROUNDS,
            List.of(),
            task.model(),
            new ExchangePlan.Worker(
                task.engine(),
                cpu ? DeviceChoice.CPU : DeviceChoice.CUDA,
                device.threads(),
                task.precision(),
                task.load().microBatch(),
                task.load().passes()),
            task.exchange(),
            null);
    try (Collective peers = engine.join(rendezvous, device)) {
      return new StepRounds(plan, engine, device, peers, workers).measure(ROUNDS);
    }
  }
}
