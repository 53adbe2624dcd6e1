package dev.larkspur.collective.socket;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one worker to all others. It sends as many messages to every peer as it
 * receives from that peer. Several may be posted before the first is received. One thread sends and
 * receives all of them concurrently, so no worker waits for a peer that is itself waiting to be
 * read.
 *
 * <p>A message is a header and a payload whose length both sides know. The header names the
 * operation: workers that do not call the same one find out before they read each other's values.
 */
final class PeerLinks implements AutoCloseable {
  /** Bytes of a header: kind of the operation, bytes of the payload, length of the vector. */
  private static final int HEADER = 2 * Integer.BYTES + Long.BYTES;

  private final int rank;
  private final Duration timeout;
  private final Window window;
  private final Selector selector;
  private final Link[] links;

  /** The links to all other workers. */
  private final List<Link> peers = new ArrayList<>();

  /**
   * Takes ownership of connections; closes them if that fails.
   *
   * @param channels by rank; null for this worker
   * @param window of each connection
   * @param timeout after which a peer without progress counts as lost
   */
  static PeerLinks over(SocketChannel[] channels, Window window, Duration timeout)
      throws IOException {
    Selector selector = null;
    PeerLinks links = null;
    try {
      selector = Selector.open();
      links = new PeerLinks(channels, window, timeout, selector);
      return links;
    } finally {
      if (links == null) {
        Arrays.stream(channels).forEach(Closing::quietly);
        Closing.quietly(selector);
      }
    }
  }

  private PeerLinks(SocketChannel[] channels, Window window, Duration timeout, Selector selector)
      throws IOException {
    this.timeout = timeout;
    this.window = window;
    this.selector = selector;
    this.links = new Link[channels.length];
    int own = 0;
    for (int peer = 0; peer < channels.length; peer++) {
      if (channels[peer] == null) {
        own = peer;
      } else {
        links[peer] = new Link(peer, channels[peer], selector);
        peers.add(links[peer]);
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

  Window window() {
    return window;
  }

  /** The buffer for the next message to a peer, to be filled from its position. */
  ByteBuffer toSend(int peer) {
    return links[peer].next();
  }

  /** Starts sending the next message to every peer. */
  void post(Operation operation) {
    peers.forEach(link -> link.post(operation));
  }

  /** Sets the size of the payload of the next message from a peer. */
  void expect(int peer, int bytes) {
    links[peer].in.clear().limit(HEADER + bytes);
  }

  /** The payload from a peer; valid after {@link #complete} has returned. */
  ByteBuffer received(int peer) {
    return links[peer].in;
  }

  /**
   * Returns once the next message of every peer has been received and the oldest posted message has
   * been sent. Later posted messages are sent in the meantime.
   *
   * @throws ClosedByInterruptException if this thread is interrupted
   * @throws IOException if a peer has closed its connection, or made no progress for the timeout
   * @throws IllegalStateException if a peer calls another operation
   */
  void complete(Operation operation) throws IOException {
    List<Link> busy = new ArrayList<>(peers);
    Deadline deadline = Deadline.in(timeout);
    while (true) {
      // Neither a selector nor a non-blocking channel throws when its thread is interrupted.
      if (Thread.currentThread().isInterrupted()) {
        throw new ClosedByInterruptException();
      }
      boolean moved = false;
      for (Link link : peers) {
        moved |= link.move(operation);
      }
      busy.removeIf(Link::isDone);
      if (busy.isEmpty()) {
        break;
      }
      if (moved) {
        deadline = Deadline.in(timeout);
      } else {
        await(deadline);
      }
    }
    peers.forEach(Link::finish);
  }

  private void await(Deadline deadline) throws IOException {
    for (Link link : peers) {
      link.key.interestOps(link.interest());
    }
    selector.select(deadline.millisLeft("no progress for " + timeout.toMillis() + " ms"));
    for (SelectionKey key : selector.selectedKeys()) {
      ((Link) key.attachment()).setReady(key);
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() {
    for (Link link : peers) {
      Closing.quietly(link.channel);
    }
    Closing.quietly(selector);
  }

  /** The connection to one peer, and its messages. */
  private final class Link {
    private final int peer;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer in = buffer();

    /** Messages by their number modulo the depth. */
    private final ByteBuffer[] out = new ByteBuffer[window.depth()];

    private long posted;
    private long sent;
    private long completed;

    /** Whether a write or read may make progress: false after a partial one until selected. */
    private boolean writable = true;

    private boolean readable = true;

    Link(int peer, SocketChannel channel, Selector selector) throws IOException {
      this.peer = peer;
      this.channel = channel;
      this.key = channel.register(selector, 0, this);
      in.limit(0);
    }

    private ByteBuffer buffer() {
      return ByteBuffer.allocateDirect(HEADER + window.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int slot(long message) {
      return (int) (message % window.depth());
    }

    ByteBuffer next() {
      if (out[slot(posted)] == null) {
        out[slot(posted)] = buffer().position(HEADER);
      }
      return out[slot(posted)];
    }

    void post(Operation operation) {
      ByteBuffer message = next();
      message.putInt(0, operation.kind().code);
      message.putInt(Integer.BYTES, message.position() - HEADER);
      message.putLong(2 * Integer.BYTES, operation.length());
      message.flip();
      posted++;
    }

    void setReady(SelectionKey selected) {
      writable |= selected.isWritable();
      readable |= selected.isReadable();
    }

    /** Writes and reads what is possible without blocking; false if that was nothing. */
    boolean move(Operation operation) throws IOException {
      boolean written = write();
      return read(operation) || written;
    }

    private boolean write() throws IOException {
      boolean moved = false;
      while (writable && sent < posted) {
        ByteBuffer message = out[slot(sent)];
        moved |= channel.write(message) > 0;
        writable = !message.hasRemaining();
        sent += writable ? 1 : 0;
      }
      return moved;
    }

    private boolean read(Operation operation) throws IOException {
      if (!readable || !in.hasRemaining()) {
        return false;
      }
      int before = in.position();
      int count = channel.read(in);
      if (count < 0) {
        throw new EOFException("worker " + peer + " has closed its connection");
      }
      if (before < HEADER && in.position() >= HEADER) {
        require(operation);
      }
      readable = !in.hasRemaining();
      return count > 0;
    }

    private void require(Operation operation) {
      int kind = in.getInt(0);
      long length = in.getLong(2 * Integer.BYTES);
      int payload = in.getInt(Integer.BYTES);
      if (kind != operation.kind().code
          || length != operation.length()
          || payload != in.limit() - HEADER) {
        throw new IllegalStateException(
            "this worker is in %s and expects %d bytes, worker %d is in %s and sends %d bytes: all must call the same operations in the same order"
                .formatted(
                    operation,
                    in.limit() - HEADER,
                    peer,
                    Operation.describe(kind, length),
                    payload));
      }
    }

    /** Whether the expected message has been received and the one of its number has been sent. */
    boolean isDone() {
      return !in.hasRemaining() && sent > completed;
    }

    void finish() {
      in.position(HEADER);
      out[slot(completed)].clear().position(HEADER);
      completed++;
    }

    int interest() {
      return (sent < posted ? SelectionKey.OP_WRITE : 0)
          | (in.hasRemaining() ? SelectionKey.OP_READ : 0);
    }
  }

  /**
   * Limits on the data in flight to a peer.
   *
   * @param chunk maximum number of values in a chunk
   * @param depth maximum number of messages that are posted and not yet complete
   */
  record Window(int chunk, int depth) {
    /**
     * With 2 to 8 workers on one host, larger windows were not faster: their buffers exceed the
     * level-2 cache.
     */
    private static final Window LARGEST = new Window(1 << 14, 3);

    /** Maximum number of values in the chunks of all peers together. */
    private static final int VALUES = 1 << 20;

    /** The window for a world size, the same on every rank. */
    static Window of(int worldSize) {
      return new Window(Math.min(LARGEST.chunk, VALUES / worldSize), LARGEST.depth);
    }

    /** Maximum bytes of a message's payload: a chunk of values, and one of sums. */
    int bytes() {
      return 2 * chunk * Float.BYTES;
    }
  }

  /** The time by which something must have happened. */
  record Deadline(long nanoTime) {

    static Deadline in(Duration timeout) {
      return new Deadline(System.nanoTime() + timeout.toNanos());
    }

    /**
     * Milliseconds until the deadline, at least one.
     *
     * @param what has not happened, for the message of the exception
     * @throws SocketTimeoutException if the deadline has passed
     */
    int millisLeft(String what) throws SocketTimeoutException {
      long nanos = nanoTime - System.nanoTime();
      if (nanos <= 0) {
        throw new SocketTimeoutException(what);
      }
      return (int) Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    }
  }
}
