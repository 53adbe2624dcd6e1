package dev.larkspur.collective.socket;

import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.PeerWatch;
import dev.larkspur.collective.PeerWatch.LostPeers;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.EngineException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.List;

/** What belongs to the membership in a group; names who is missing when connections break. */
final class SocketGroup implements AutoCloseable {
  private final StoreServer server;
  private final PeerWatch watch;
  private final PeerLinks links;

  private SocketGroup(StoreServer server, PeerWatch watch, PeerLinks links) {
    this.server = server;
    this.watch = watch;
    this.links = links;
  }

  /**
   * Connects this worker with its peers.
   *
   * @throws EngineException if it cannot
   * @throws PeerLostException if peers do not come in time
   */
  static SocketGroup join(Rendezvous rendezvous, Window window) {
    StoreServer server = rendezvous.rank() == 0 ? StoreServer.open(rendezvous) : null;
    PeerWatch watch = null;
    try {
      StoreAddress address =
          StoreAddress.parse(
              rendezvous.announceStore().apply(server == null ? "" : server.address().toString()));
      watch = watch(rendezvous, address);
      return new SocketGroup(server, watch, connect(rendezvous, address, window));
    } catch (IOException | RuntimeException e) {
      LostPeers missing = watch == null ? LostPeers.UNKNOWN : watch.missing();
      close(watch, server);
      throw cannotJoin(rendezvous, missing, e);
    }
  }

  private static PeerWatch watch(Rendezvous rendezvous, StoreAddress address) {
    Duration patience = PeerWatch.patience(rendezvous.timeout());
    StoreClient store = StoreClient.connect(address, patience);
    try {
      return new PeerWatch(rendezvous, store, address.host(), patience);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static PeerLinks connect(Rendezvous rendezvous, StoreAddress address, Window window)
      throws IOException {
    try (StoreClient store = StoreClient.connect(address, rendezvous.timeout())) {
      return new PeerLinks(
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

  /** This worker, for people. */
  String worker() {
    return watch.worker();
  }

  PeerLinks links() {
    return links;
  }

  /**
   * Runs a collective. After a failure the connections are closed, which tells the peers; all
   * further ones fail too.
   *
   * @param purpose for people, after "waiting to"
   * @throws PeerLostException if a peer is gone
   */
  void run(String purpose, Exchange exchange) {
    watch.enter();
    try {
      links.requireOpen();
      exchange.run();
    } catch (ClosedByInterruptException e) {
      links.close();
      throw new PeerLostException(
          worker() + " was interrupted while it waited for its peers", List.of(), e);
    } catch (IOException e) {
      links.close();
      throw watch.lost(purpose, e);
    } catch (RuntimeException e) {
      links.close();
      throw e;
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

  /** Messages to and from the peers. */
  interface Exchange {
    void run() throws IOException;
  }
}
