package dev.larkspur.engine.torch;

import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.PeerWatch;
import dev.larkspur.collective.PeerWatch.LostPeers;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.EngineException;
import java.time.Duration;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Work;

/** The connections between the workers; names who is missing when they break. */
final class TorchGroup implements AutoCloseable {
  /** How long a live worker may take to say so; longer than a pause of its garbage collector. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String worker;
  private final RendezvousStore store;
  private final PeerWatch watch;
  private final Transport transport;
  private final Backend backend;

  private TorchGroup(
      String worker, RendezvousStore store, PeerWatch watch, Transport transport, Backend backend) {
    this.worker = worker;
    this.store = store;
    this.watch = watch;
    this.transport = transport;
    this.backend = backend;
  }

  /** Connects this worker with its peers. */
  static TorchGroup join(Rendezvous rendezvous, Transport transport) {
    String worker = "worker %d of %d".formatted(rendezvous.rank(), rendezvous.worldSize());
    RendezvousStore store = null;
    PeerWatch watch = null;
    try {
      store = RendezvousStore.open(rendezvous);
      watch = store.watch(rendezvous, patience(rendezvous.timeout()));
      Backend backend = transport.connect(store.store(), rendezvous);
      return new TorchGroup(worker, store, watch, transport, backend);
    } catch (RuntimeException e) {
      LostPeers missing = watch == null ? LostPeers.UNKNOWN : watch.missing();
      close(watch, store);
      throw e instanceof EngineException ? e : cannotJoin(worker, rendezvous.host(), missing, e);
    }
  }

  private static Duration patience(Duration timeout) {
    return timeout.compareTo(PATIENCE) < 0 ? timeout : PATIENCE;
  }

  private static RuntimeException cannotJoin(
      String worker, String host, LostPeers missing, RuntimeException cause) {
    String message =
        "%s cannot join its peers from %s: %s".formatted(worker, host, firstLine(cause));
    return missing.ranks().isEmpty()
        ? new EngineException(message, cause)
        : new PeerLostException(
            message + " (" + missing.description() + ")", missing.ranks(), cause);
  }

  /** This worker, for people. */
  String worker() {
    return worker;
  }

  Backend backend() {
    return backend;
  }

  /**
   * Begins a collective.
   *
   * @param purpose for people, after "waiting to"
   * @return ends it
   */
  Runnable start(Supplier<Work> collective, String purpose) {
    watch.enter();
    try {
      // It must outlive the scope that it is begun in.
      Work work = collective.get().retainReference();
      return () -> finish(work, purpose);
    } catch (RuntimeException e) {
      throw lost(purpose, e);
    }
  }

  private void finish(Work work, String purpose) {
    try {
      transport.finish(work);
    } catch (RuntimeException e) {
      throw lost(purpose, e);
    } finally {
      work.releaseReference();
    }
  }

  private PeerLostException lost(String purpose, RuntimeException cause) {
    LostPeers missing = watch.missing();
    return new PeerLostException(
        "%s lost a peer while waiting to %s: %s (%s)"
            .formatted(worker, purpose, missing.description(), firstLine(cause)),
        missing.ranks(),
        cause);
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
