package dev.larkspur.engine.torch;

import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.PeerWatch;
import dev.larkspur.collective.PeerWatch.LostPeers;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.EngineException;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Work;

/** The connections between workers; identifies missing workers when connections break. */
final class TorchGroup implements AutoCloseable {
  private final RendezvousStore store;
  private final PeerWatch watch;
  private final Transport transport;
  private final Backend backend;

  private TorchGroup(RendezvousStore store, PeerWatch watch, Transport transport, Backend backend) {
    this.store = store;
    this.watch = watch;
    this.transport = transport;
    this.backend = backend;
  }

  /** Connects this worker with its peers. */
  static TorchGroup join(Rendezvous rendezvous, Transport transport) {
    RendezvousStore store = null;
    PeerWatch watch = null;
    try {
      store = RendezvousStore.open(rendezvous);
      watch = store.watch(rendezvous, PeerWatch.answerTimeout(rendezvous.timeout()));
      Backend backend = transport.connect(store.store(), rendezvous);
      return new TorchGroup(store, watch, transport, backend);
    } catch (RuntimeException e) {
      LostPeers missing = watch == null ? LostPeers.UNKNOWN : watch.missing();
      close(watch, store);
      throw e instanceof EngineException ? e : cannotJoin(rendezvous, missing, e);
    }
  }

  private static RuntimeException cannotJoin(
      Rendezvous rendezvous, LostPeers missing, RuntimeException cause) {
    String message =
        "worker %d of %d cannot join its peers from %s: %s"
            .formatted(
                rendezvous.rank(), rendezvous.worldSize(), rendezvous.host(), firstLine(cause));
    return missing.ranks().isEmpty()
        ? new EngineException(message, cause)
        : new PeerLostException(
            message + " (" + missing.description() + ")", missing.ranks(), cause);
  }

  /** This worker, for messages. */
  String worker() {
    return watch.worker();
  }

  Backend backend() {
    return backend;
  }

  /**
   * Begins a collective.
   *
   * @param purpose for messages, after "waiting to"
   * @return finishes it
   */
  Runnable start(Supplier<Work> collective, String purpose) {
    watch.enter();
    try {
      // It must outlive the current scope.
      Work work = collective.get().retainReference();
      return () -> finish(work, purpose);
    } catch (RuntimeException e) {
      throw watch.lost(purpose, e);
    }
  }

  private void finish(Work work, String purpose) {
    try {
      transport.finish(work);
    } catch (RuntimeException e) {
      throw watch.lost(purpose, e);
    } finally {
      work.releaseReference();
    }
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static void close(PeerWatch watch, RendezvousStore store) {
    if (watch != null) {
      watch.close();
    }
    if (store != null) {
      store.close();
    }
  }

  @Override
  public void close() {
    backend.close();
    close(watch, store);
  }
}
