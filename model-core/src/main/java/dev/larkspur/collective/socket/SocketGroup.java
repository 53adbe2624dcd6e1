package dev.larkspur.collective.socket;

import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.PeerWatch;
import dev.larkspur.collective.PeerWatch.LostPeers;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.socket.PeerLinks.Window;
import dev.larkspur.collective.socket.StoreServer.StoreAddress;
import dev.larkspur.engine.EngineException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;

/** One worker's membership in a group; names the missing peer when connections break. */
final class SocketGroup implements AutoCloseable {
  private final StoreServer server;
  private final PeerWatch watch;
  private final PeerLinks links;

  /** Failure of an earlier collective, or null; all later ones fail with it. */
  private volatile RuntimeException failure;

  private SocketGroup(StoreServer server, PeerWatch watch, PeerLinks links) {
    this.server = server;
    this.watch = watch;
    this.links = links;
  }

  /**
   * Connects this worker to its peers.
   *
   * @throws EngineException if this host does not allow it
   * @throws PeerLostException if peers do not connect in time, or this thread is interrupted
   */
  static SocketGroup join(Rendezvous rendezvous, Window window) {
    StoreServer server = rendezvous.rank() == 0 ? StoreServer.open(rendezvous) : null;
    PeerWatch watch = null;
    SocketGroup group = null;
    try {
      StoreAddress address =
          StoreAddress.parse(
              rendezvous.announceStore().apply(server == null ? "" : server.address().toString()));
      watch = watch(rendezvous, address);
      group = new SocketGroup(server, watch, connect(rendezvous, address, window));
      return group;
    } catch (EngineException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted(
            "worker %d of %d".formatted(rendezvous.rank(), rendezvous.worldSize()), e);
      }
      LostPeers missing = watch == null ? LostPeers.UNKNOWN : watch.missing();
      throw cannotJoin(rendezvous, missing, e);
    } finally {
      if (group == null) {
        close(watch, server);
      }
    }
  }

  private static PeerWatch watch(Rendezvous rendezvous, StoreAddress address) {
    Duration answerTimeout = PeerWatch.answerTimeout(rendezvous.timeout());
    return new PeerWatch(
        rendezvous,
        () -> StoreClient.connect(address, answerTimeout),
        address.host(),
        answerTimeout);
  }

  private static PeerLinks connect(Rendezvous rendezvous, StoreAddress address, Window window)
      throws IOException {
    try (StoreClient store = StoreClient.connect(address, rendezvous.timeout())) {
      return PeerLinks.over(
          PeerConnections.open(rendezvous, store, address.token()), window, rendezvous.timeout());
    }
  }

  private static RuntimeException cannotJoin(
      Rendezvous rendezvous, LostPeers missing, Exception cause) {
    String message =
        "worker %d of %d cannot join its peers from %s: %s"
            .formatted(
                rendezvous.rank(), rendezvous.worldSize(), rendezvous.host(), cause.getMessage());
    return missing.ranks().isEmpty()
        ? new EngineException(message, cause)
        : new PeerLostException(
            message + " (" + missing.description() + ")", missing.ranks(), cause);
  }

  private static PeerLostException interrupted(String worker, Exception cause) {
    return new PeerLostException(
        worker + " was interrupted while it waited for its peers", List.of(), cause);
  }

  /** Describes this worker in messages. */
  String worker() {
    return watch.worker();
  }

  PeerLinks links() {
    return links;
  }

  /**
   * Runs a collective. A failure closes the connections, which notifies the peers; all later
   * collectives fail with the same exception before they use their vectors.
   *
   * @param purpose completes "waiting to" in messages
   * @throws PeerLostException if a peer is lost
   */
  void run(String purpose, Exchange exchange) {
    if (failure != null) {
      throw failure;
    }
    watch.enter();
    boolean done = false;
    try {
      exchange.run();
      done = true;
    } catch (ClosedByInterruptException e) {
      failure = interrupted(worker(), e);
      throw failure;
    } catch (IOException e) {
      // Notify the peers first: they may be waiting for this worker.
      links.close();
      failure = watch.lost(purpose, e);
      throw failure;
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    } finally {
      if (!done) {
        links.close();
        if (failure == null) {
          failure = new IllegalStateException("an earlier collective of " + worker() + " failed");
        }
      }
    }
  }

  private static void close(PeerWatch watch, StoreServer server) {
    if (watch != null) {
      watch.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Override
  public void close() {
    links.close();
    close(watch, server);
  }

  /** A collective's messages to and from the peers. */
  interface Exchange {
    void run() throws IOException;
  }
}
