package dev.larkspur.engine.torch;

import dev.larkspur.collective.KeyValueStore;
import dev.larkspur.collective.PeerWatch;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.EngineException;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.IntOptional;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;

/** The key-value store through which the workers of a group find each other, hosted by rank 0. */
final class RendezvousStore implements KeyValueStore {
  private final TCPStore store;
  private final String host;
  private final int port;

  private RendezvousStore(TCPStore store, String host, int port) {
    this.store = store;
    this.host = host;
    this.port = port;
  }

  static RendezvousStore open(Rendezvous rendezvous) {
    TCPStore own = rendezvous.rank() == 0 ? serve(rendezvous) : null;
    try {
      return open(rendezvous, own);
    } catch (RuntimeException e) {
      if (own != null) {
        own.close();
      }
      throw e;
    }
  }

  private static RendezvousStore open(Rendezvous rendezvous, TCPStore own) {
    String announced =
        rendezvous
            .announceStore()
            .apply(own == null ? "" : rendezvous.host() + ":" + Short.toUnsignedInt(own.getPort()));
    int colon = announced.lastIndexOf(':');
    String host = announced.substring(0, colon);
    int port = Integer.parseInt(announced.substring(colon + 1));
    return new RendezvousStore(
        own == null ? connect(host, port, rendezvous.timeout()) : own, host, port);
  }

  /** Opens the store on the first free port of the range. */
  private static TCPStore serve(Rendezvous rendezvous) {
    try {
      return rendezvous
          .ports()
          .openFirstFree(
              rendezvous.host(),
              (address, port) -> serve(ListeningSocket.open(address, port), rendezvous));
    } catch (IOException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  /** Hands the socket over to LibTorch; if that is not possible, LibTorch opens its own. */
  private static TCPStore serve(ListeningSocket socket, Rendezvous rendezvous) throws IOException {
    int port = socket.port();
    OptionalInt descriptor = socket.descriptor();
    if (descriptor.isEmpty()) {
      socket.close();
      return serve(port, rendezvous, new IntOptional());
    }
    // From here on the store closes the socket, even if its creation fails.
    return serve(port, rendezvous, new IntOptional(descriptor.getAsInt()));
  }

  private static TCPStore serve(int port, Rendezvous rendezvous, IntOptional descriptor) {
    try (descriptor;
        TCPStoreOptions options = options(port, rendezvous.timeout()).isServer(true)) {
      return new TCPStore(rendezvous.host(), options.masterListenFd(descriptor));
    }
  }

  private static TCPStore connect(String host, int port, Duration timeout) {
    try (TCPStoreOptions options = options(port, timeout).isServer(false)) {
      return new TCPStore(host, options);
    }
  }

  private static TCPStoreOptions options(int port, Duration timeout) {
    return new TCPStoreOptions()
        .port((short) port)
        .useLibUV(false)
        .waitWorkers(false)
        .timeout(new Milliseconds(timeout.toMillis()));
  }

  /** This worker's connection, for the process group. */
  TCPStore store() {
    return store;
  }

  /**
   * Watches the group on a separate connection, because a waiting request blocks its connection.
   */
  PeerWatch watch(Rendezvous rendezvous, Duration answerTimeout) {
    return new PeerWatch(
        rendezvous, () -> again(rendezvous.timeout(), answerTimeout), host, answerTimeout);
  }

  /** Another connection to the same store. */
  private RendezvousStore again(Duration timeout, Duration answerTimeout) {
    // LibTorch asks for the name of the address, which a name server that is slow or away holds up
    // for longer than a live worker may be silent.
    RendezvousStore own = new RendezvousStore(connect(host, port, timeout), host, port);
    try (Milliseconds silence = new Milliseconds(answerTimeout.toMillis())) {
      own.store.setTimeout(silence);
      return own;
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  @Override
  public void set(String key, String value) {
    store.set(key, value);
  }

  @Override
  public String value(String key) {
    return store.get_to_str(key);
  }

  @Override
  public boolean has(String key) {
    try (StringVector keys = new StringVector(key)) {
      return store.check(keys);
    }
  }

  @Override
  public long add(String counter, long number) {
    return store.add(counter, number);
  }

  @Override
  public void close() {
    store.close();
  }
}
