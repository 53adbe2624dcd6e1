package dev.larkspur.collective.socket;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The connections of one worker with all others, over which it exchanges messages in rounds: in
 * each round it sends one message to every peer and receives one from every peer, all at once and
 * in one thread. So nobody waits for a peer that itself waits to be read.
 *
 * <p>A message is a header and a payload whose length both sides know. The header names the
 * operation: workers that do not call the same one find out before they read each other's values.
 */
final class PeerLinks implements AutoCloseable {
  /** Kind of the operation, bytes of the payload, length of the vector. */
  private static final int HEADER = 2 * Integer.BYTES + Long.BYTES;

  private final int rank;
  private final Duration timeout;
  private final int capacity;
  private final Selector selector;
  private final Link[] links;

  /**
   * Takes over connections.
   *
   * @param channels by rank; null at the own
   * @param capacity most bytes of a payload
   * @param timeout after which a peer of which nothing moves is lost
   */
  PeerLinks(SocketChannel[] channels, int capacity, Duration timeout) throws IOException {
    this.timeout = timeout;
    this.capacity = capacity;
    this.selector = Selector.open();
    this.links = new Link[channels.length];
    int own = 0;
    for (int peer = 0; peer < channels.length; peer++) {
      if (channels[peer] == null) {
        own = peer;
      } else {
        links[peer] = new Link(peer, channels[peer], HEADER + capacity, selector);
      }
    }
    this.rank = own;
  }

  int rank() {
    return rank;
  }

  int worldSize() {
    return links.length;
  }

  /** Most bytes of a payload. */
  int capacity() {
    return capacity;
  }

  /** Begins a round: all messages are empty. */
  void begin() {
    for (Link link : links) {
      if (link != null) {
        link.out.clear().position(HEADER);
        link.in.clear().limit(HEADER);
      }
    }
  }

  /** Where the payload for a peer is written, from the position on. */
  ByteBuffer toSend(int peer) {
    return links[peer].out;
  }

  /** Expects so many bytes more in the payload from a peer. */
  void expect(int peer, int bytes) {
    ByteBuffer in = links[peer].in;
    in.limit(in.limit() + bytes);
  }

  /** The payload of a peer, once {@link #exchange} has returned. */
  ByteBuffer received(int peer) {
    return links[peer].in;
  }

  /**
   * Sends and receives the messages of this round.
   *
   * @throws IOException if a peer has hung up, or nothing has moved for the timeout
   * @throws IllegalStateException if a peer calls another operation
   */
  void exchange(Operation operation) throws IOException {
    List<Link> busy = new ArrayList<>();
    for (Link link : links) {
      if (link != null) {
        link.seal(operation);
        busy.add(link);
      }
    }
    Deadline deadline = Deadline.in(timeout);
    while (!busy.isEmpty()) {
      boolean moved = false;
      for (Link link : busy) {
        moved |= link.move(operation);
      }
      busy.removeIf(Link::isDone);
      if (moved) {
        deadline = Deadline.in(timeout);
      } else {
        await(busy, deadline);
      }
    }
    for (Link link : links) {
      if (link != null) {
        link.in.position(HEADER);
      }
    }
  }

  private void await(List<Link> busy, Deadline deadline) throws IOException {
    for (Link link : busy) {
      link.key.interestOps(link.interest());
    }
    selector.select(deadline.millisLeft("nothing has moved for " + timeout.toMillis() + " ms"));
    selector.selectedKeys().clear();
    for (Link link : busy) {
      link.key.interestOps(0);
    }
  }

  @Override
  public void close() {
    for (Link link : links) {
      if (link != null) {
        Closing.quietly(link.channel);
      }
    }
    Closing.quietly(selector);
  }

  /** The connection with one peer and its messages of this round. */
  private static final class Link {
    private final int peer;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer out;
    private final ByteBuffer in;

    Link(int peer, SocketChannel channel, int bytes, Selector selector) throws IOException {
      this.peer = peer;
      this.channel = channel;
      this.key = channel.register(selector, 0);
      this.out = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
      this.in = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    void seal(Operation operation) {
      out.putInt(0, operation.kind().ordinal());
      out.putInt(Integer.BYTES, out.position() - HEADER);
      out.putLong(2 * Integer.BYTES, operation.length());
      out.flip();
    }

    /** Writes and reads what is possible at once; false if that was nothing. */
    boolean move(Operation operation) throws IOException {
      int sent = out.hasRemaining() ? channel.write(out) : 0;
      int before = in.position();
      int read = in.hasRemaining() ? channel.read(in) : 0;
      if (read < 0) {
        throw new EOFException("worker " + peer + " has hung up");
      }
      if (before < HEADER && in.position() >= HEADER) {
        require(operation);
      }
      return sent > 0 || read > 0;
    }

    private void require(Operation operation) {
      int kind = in.getInt(0);
      long length = in.getLong(2 * Integer.BYTES);
      int payload = in.getInt(Integer.BYTES);
      if (kind != operation.kind().ordinal()
          || length != operation.length()
          || payload != in.limit() - HEADER) {
        throw new IllegalStateException(
            "this worker is in %s, worker %d in %s: all must call the same operations in the same order"
                .formatted(operation, peer, Operation.describe(kind, length)));
      }
    }

    boolean isDone() {
      return !out.hasRemaining() && !in.hasRemaining();
    }

    int interest() {
      return (out.hasRemaining() ? SelectionKey.OP_WRITE : 0)
          | (in.hasRemaining() ? SelectionKey.OP_READ : 0);
    }
  }
}
