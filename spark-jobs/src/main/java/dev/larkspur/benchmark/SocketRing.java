package dev.larkspur.benchmark;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Plain TCP connections in a ring, each worker with the next: an upper bound of the speed of an
 * exchange, which also has to add up values.
 */
final class SocketRing implements AutoCloseable {
  private final SocketChannel next;
  private final SocketChannel previous;
  private final ExecutorService sender = Executors.newSingleThreadExecutor();

  private SocketRing(SocketChannel next, SocketChannel previous) {
    this.next = next;
    this.previous = previous;
  }

  /**
   * Connects this worker to its neighbours.
   *
   * @param host address of this worker
   * @param announce called once with this worker's address; returns the addresses of all workers,
   *     by rank
   */
  static SocketRing connect(int rank, String host, Function<String, List<String>> announce)
      throws IOException {
    try (ServerSocketChannel server =
        ServerSocketChannel.open().bind(new InetSocketAddress(host, 0))) {
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      List<String> all = announce.apply(host + ":" + port);
      String peer = all.get((rank + 1) % all.size());
      int colon = peer.lastIndexOf(':');
      SocketChannel next =
          SocketChannel.open(
              new InetSocketAddress(
                  peer.substring(0, colon), Integer.parseInt(peer.substring(colon + 1))));
      next.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return new SocketRing(next, server.accept());
    }
  }

  /** Sends one buffer to the next worker while filling the other from the previous one. */
  void copy(ByteBuffer sent, ByteBuffer received) throws IOException {
    sent.clear();
    received.clear();
    Future<Void> sending =
        sender.submit(
            () -> {
              while (sent.hasRemaining()) {
                next.write(sent);
              }
              return null;
            });
    while (received.hasRemaining()) {
      if (previous.read(received) < 0) {
        throw new EOFException("the previous worker has closed its socket");
      }
    }
    try {
      sending.get();
    } catch (ExecutionException e) {
      throw new IOException("sending to the next worker failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    sender.shutdownNow();
    next.close();
    previous.close();
  }
}
