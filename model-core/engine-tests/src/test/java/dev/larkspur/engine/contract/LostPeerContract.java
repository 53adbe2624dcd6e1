package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.engine.Device;
import dev.larkspur.tensor.FlatVector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One of three workers dies or freezes in the middle of a sum; the two others end, and know who it
 * was. The victim is a process of its own, the survivors are threads.
 */
@Timeout(120)
public abstract class LostPeerContract extends EngineContract {
  private static final int WORKERS = 3;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final ExecutorService pool = Executors.newCachedThreadPool();
  private final CompletableFuture<String> store = new CompletableFuture<>();
  private final CompletableFuture<Void> allThere = new CompletableFuture<>();
  private final List<Future<PeerLostException>> survivors = new ArrayList<>();

  @AfterEach
  void stopThreads() {
    pool.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void theSurvivorsNameAWorkerThatDies(int victim) throws Exception {
    try (PeerProcess process = withVictim(victim)) {
      process.kill();
      requireNamed(victim);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void theSurvivorsNameAWorkerThatFreezes(int victim) throws Exception {
    try (PeerProcess process = withVictim(victim)) {
      process.freeze();
      requireNamed(victim);
    }
  }

  @Test
  void aWorkerThatIsGoneBeforeItHasMetTheOthersIsNamed() throws Exception {
    for (int rank = 0; rank < WORKERS - 1; rank++) {
      survivors.add(survivor(rank));
    }
    allThere.complete(null);
    for (Future<PeerLostException> survivor : survivors) {
      assertThat(survivor.get().ranks()).containsExactly(WORKERS - 1);
      assertThat(survivor.get())
          .hasMessageContaining("cannot join")
          .hasMessageContaining("worker 2 (never seen) does not answer");
    }
  }

  private PeerProcess withVictim(int victim) throws Exception {
    for (int rank = 0; rank < WORKERS; rank++) {
      if (rank != victim) {
        survivors.add(survivor(rank));
      }
    }
    PeerProcess process =
        PeerProcess.start(engine(), victim, WORKERS, victim == 0 ? "" : store.get(), TIMEOUT);
    String address = process.store();
    if (victim == 0) {
      store.complete(address);
    }
    allThere.complete(null);
    process.awaitWork();
    return process;
  }

  private void requireNamed(int victim) throws Exception {
    for (Future<PeerLostException> survivor : survivors) {
      assertThat(survivor.get().ranks()).containsExactly(victim);
      assertThat(survivor.get())
          .hasMessageContaining("worker %d (127.0.0.1) does not answer", victim);
    }
  }

  private Future<PeerLostException> survivor(int rank) {
    Rendezvous rendezvous =
        new Rendezvous(rank, WORKERS, "127.0.0.1", PortRange.ANY, this::announce, TIMEOUT);
    return pool.submit(
        () -> {
          try (Collective peers = engine().join(rendezvous, Device.cpu(1))) {
            FlatVector vector = engine().vector(PeerProcess.LENGTH, Device.cpu(1));
            while (true) {
              peers.allReduceSum(vector);
            }
          } catch (PeerLostException e) {
            return e;
          }
        });
  }

  private String announce(String own) {
    if (!own.isEmpty()) {
      store.complete(own);
    }
    allThere.join();
    return store.join();
  }
}
