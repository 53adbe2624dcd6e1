package dev.larkspur.collective.socket;

import dev.larkspur.collective.KeyValueStore;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.socket.PeerLinks.Deadline;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/**
 * Opens one connection between every two workers. Each worker listens on a port that its system
 * chooses, publishes it in the store, connects to all lower ranks and accepts all higher ones.
 */
final class PeerConnections {
  private static final String ADDRESS = "address/";

  private final int rank;
  private final String host;
  private final GroupToken token;
  private final Deadline deadline;
  private final SocketChannel[] channels;
  private int missing;

  private PeerConnections(Rendezvous rendezvous, GroupToken token) {
    this.rank = rendezvous.rank();
    this.host = rendezvous.host();
    this.token = token;
    this.deadline = Deadline.in(rendezvous.timeout());
    this.channels = new SocketChannel[rendezvous.worldSize()];
    this.missing = rendezvous.worldSize() - 1 - rank;
  }

  /**
   * Returns once this worker is connected to all others.
   *
   * @param store where the workers find each other
   * @return non-blocking channels by rank; null for this worker
   * @throws IOException if a peer cannot be reached, or does not connect in time
   */
  static SocketChannel[] open(Rendezvous rendezvous, KeyValueStore store, GroupToken token)
      throws IOException {
    PeerConnections peers = new PeerConnections(rendezvous, token);
    try {
      peers.open(store);
      return peers.channels;
    } catch (IOException | RuntimeException e) {
      peers.close();
      throw e;
    }
  }

  private void open(KeyValueStore store) throws IOException {
    try (Selector selector = Selector.open();
        ServerSocketChannel listening = ServerSocketChannel.open()) {
      listening.bind(new InetSocketAddress(InetAddress.getByName(host), 0), StoreServer.BACKLOG);
      int port = ((InetSocketAddress) listening.getLocalAddress()).getPort();
      store.set(ADDRESS + rank, host + ":" + port);
      for (int peer = 0; peer < rank; peer++) {
        connect(peer, store.value(ADDRESS + peer));
      }
      accept(listening, selector);
    }
    for (int peer = 0; peer < rank; peer++) {
      requireAnswer(peer);
    }
    for (SocketChannel channel : channels) {
      if (channel != null) {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
    }
  }

  private void connect(int peer, String address) throws IOException {
    int colon = address.lastIndexOf(':');
    InetSocketAddress remote =
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    channels[peer] = SocketChannel.open();
    channels[peer]
        .socket()
        .connect(remote, deadline.millisLeft("worker %d cannot be reached".formatted(peer)));
    write(channels[peer]);
  }

  /** Does not block: a greeting always fits into the send buffer of a new connection. */
  private void write(SocketChannel channel) throws IOException {
    ByteBuffer greeting = new Greeting(token, rank).encoded();
    while (greeting.hasRemaining()) {
      channel.write(greeting);
    }
  }

  /**
   * Returns once all higher ranks are connected. One thread serves all connections, so a connection
   * that sends nothing does not delay the others.
   */
  private void accept(ServerSocketChannel listening, Selector selector) throws IOException {
    listening.configureBlocking(false);
    listening.register(selector, SelectionKey.OP_ACCEPT);
    try {
      while (missing > 0) {
        selector.select(deadline.millisLeft("%d workers have not connected".formatted(missing)));
        if (Thread.currentThread().isInterrupted()) {
          throw new ClosedByInterruptException();
        }
        for (Iterator<SelectionKey> ready = selector.selectedKeys().iterator(); ready.hasNext(); ) {
          SelectionKey key = ready.next();
          ready.remove();
          if (key.isAcceptable()) {
            register(listening.accept(), selector);
          } else {
            readGreeting(key);
          }
        }
      }
    } finally {
      drop(selector);
    }
  }

  private static void register(SocketChannel channel, Selector selector) throws IOException {
    if (channel != null) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(Greeting.BYTES));
    }
  }

  /** Continues to read a greeting; answers a complete valid one and closes an invalid one. */
  private void readGreeting(SelectionKey key) {
    SocketChannel channel = (SocketChannel) key.channel();
    ByteBuffer greeting = (ByteBuffer) key.attachment();
    try {
      if (channel.read(greeting) < 0) {
        channel.close();
      } else if (!greeting.hasRemaining()) {
        key.cancel();
        admit(channel, Greeting.rank(token, greeting.flip()));
      }
    } catch (IOException e) {
      Closing.quietly(channel);
    }
  }

  private void admit(SocketChannel channel, int peer) throws IOException {
    if (peer <= rank || peer >= channels.length || channels[peer] != null) {
      channel.close();
      return;
    }
    write(channel);
    channels[peer] = channel;
    missing--;
  }

  /** Closes connections that have not sent a complete greeting. */
  private static void drop(Selector selector) {
    for (SelectionKey key : selector.keys()) {
      if (key.isValid()) {
        Closing.quietly(key.channel());
      }
    }
  }

  private void requireAnswer(int peer) throws IOException {
    SocketChannel channel = channels[peer];
    channel.socket().setSoTimeout(deadline.millisLeft("worker %d does not answer".formatted(peer)));
    byte[] answer = channel.socket().getInputStream().readNBytes(Greeting.BYTES);
    if (answer.length < Greeting.BYTES || Greeting.rank(token, ByteBuffer.wrap(answer)) != peer) {
      throw new EOFException("worker %d has not accepted the connection".formatted(peer));
    }
  }

  private void close() {
    for (SocketChannel channel : channels) {
      if (channel != null) {
        Closing.quietly(channel);
      }
    }
  }

  /**
   * The first bytes on a connection between two workers, in both directions.
   *
   * @param token of the group
   * @param rank of the worker that sends it
   */
  record Greeting(GroupToken token, int rank) {
    static final int BYTES = GroupToken.BYTES + Integer.BYTES;

    ByteBuffer encoded() {
      return ByteBuffer.allocate(BYTES).put(token.bytes()).putInt(rank).flip();
    }

    /** The sender's rank, or -1 if the sender does not know the token. */
    static int rank(GroupToken token, ByteBuffer received) {
      return token.isNextIn(received) ? received.getInt() : -1;
    }
  }
}
