package dev.larkspur.doctor;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.doctor.Rate.Quantity;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.tensor.FlatVector;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/** Two workers of this process that sum a vector on the CPU, over 127.0.0.1. */
final class LoopbackAllReduce {
  private static final int WORKERS = 2;
  private static final int LENGTH = 4 << 20;
  private static final String HOST = "127.0.0.1";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final double NANOS = 1e9;

  private final Engine engine;
  private final double seconds;

  private LoopbackAllReduce(Engine engine, double seconds) {
    this.engine = engine;
    this.seconds = seconds;
  }

  /** Bytes of the vector, summed per second. */
  static Rate measure(Engine engine, double seconds) {
    LoopbackAllReduce measurement = new LoopbackAllReduce(engine, seconds);
    CompletableFuture<String> store = new CompletableFuture<>();
    CompletableFuture<Double> first = new CompletableFuture<>();
    Thread other =
        new Thread(
            () -> {
              try {
                first.complete(measurement.worker(0, announce(store)));
              } catch (EngineException | PeerLostException | LinkageError e) {
                store.completeExceptionally(e);
                first.completeExceptionally(e);
              }
            },
            "all-reduce");
    other.setDaemon(true);
    other.start();
    try {
      measurement.worker(1, own -> store.join());
      return Rate.of(Quantity.ALL_REDUCE, first.join());
    } catch (CompletionException e) {
      return Rate.failed(Quantity.ALL_REDUCE, e.getCause().getMessage());
    } catch (EngineException | PeerLostException | LinkageError e) {
      return Rate.failed(Quantity.ALL_REDUCE, e.getMessage());
    }
  }

  private static UnaryOperator<String> announce(CompletableFuture<String> store) {
    return own -> {
      store.complete(own);
      return own;
    };
  }

  private double worker(int rank, UnaryOperator<String> announceStore) {
    Device device = Device.cpu(1);
    Rendezvous rendezvous =
        new Rendezvous(rank, WORKERS, HOST, PortRange.ANY, announceStore, PATIENCE);
    FlatVector vector = engine.vector(LENGTH, device);
    try (Collective workers = engine.join(rendezvous, device)) {
      workers.allReduceSum(vector);
      workers.barrier();
      long began = System.nanoTime();
      int sums = 0;
      double elapsed;
      double[] more = new double[1];
      do {
        workers.allReduceSum(vector);
        sums++;
        elapsed = (System.nanoTime() - began) / NANOS;
        // Both workers stop when the first one says so.
        more[0] = rank == 0 && elapsed < seconds ? 1 : 0;
        workers.allReduceSum(more);
      } while (more[0] > 0);
      return (double) LENGTH * Float.BYTES * sums / elapsed;
    }
  }
}
