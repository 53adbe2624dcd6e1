package dev.larkspur.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Stands before an object store and fails now and then, by count and not by chance: some requests
 * get a 503, of some the connection is dropped after the request has arrived. One request a
 * connection.
 */
final class FlakyProxy implements AutoCloseable {
  private static final byte[] SLOW_DOWN =
      """
      HTTP/1.1 503 Slow Down
      Content-Type: application/xml
      Content-Length: 73
      Connection: close

      <Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>
      """
          .replace("\n", "\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket listener;
  private final int storePort;
  private final int every;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "flaky proxy");
            thread.setDaemon(true);
            return thread;
          });
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger throttled = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final AtomicReference<String> answerToLose = new AtomicReference<>();

  /**
   * @param every of this many requests, one is throttled and one dropped
   */
  FlakyProxy(int storePort, int every) throws IOException {
    this.storePort = storePort;
    this.every = every;
    this.listener = new ServerSocket(0, 64, localhost());
    threads.execute(this::listen);
  }

  private static InetAddress localhost() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Of the next request that has this in its first line, the answer does not arrive. */
  void loseAnswerTo(String request) {
    answerToLose.set(request);
  }

  /** Whether that request has come. */
  boolean hasLostAnswer() {
    return answerToLose.get() == null;
  }

  /** Requests so far, but for those whose answers were lost. */
  int requests() {
    return requests.get();
  }

  int throttled() {
    return throttled.get();
  }

  int dropped() {
    return dropped.get();
  }

  private void listen() {
    try {
      while (!listener.isClosed()) {
        Socket client = listener.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException closed) {
      // The end of the test closes it.
      threads.shutdown();
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      byte[] head = head(in);
      if (head.length == 0) {
        return;
      }
      String first = new String(head, StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
      String losing = answerToLose.get();
      if (losing != null && first.contains(losing) && answerToLose.compareAndSet(losing, null)) {
        forward(head, in, OutputStream.nullOutputStream());
        return;
      }
      switch (requests.incrementAndGet() % every) {
        case 0 -> {
          throttled.incrementAndGet();
          client.getOutputStream().write(SLOW_DOWN);
        }
        case 1 -> dropped.incrementAndGet();
        default -> forward(head, in, client.getOutputStream());
      }
    } catch (IOException gone) {
      // Either side may go at any time: the client sees a dropped connection.
      dropped.incrementAndGet();
    }
  }

  /** Up to the empty line; nothing if the client has gone. */
  private static byte[] head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    byte[] end = {'\r', '\n', '\r', '\n'};
    while (matched < end.length) {
      int next = in.read();
      if (next < 0) {
        return new byte[0];
      }
      head.write(next);
      matched = next == end[matched] ? matched + 1 : next == end[0] ? 1 : 0;
    }
    return head.toByteArray();
  }

  private void forward(byte[] head, InputStream in, OutputStream answer) throws IOException {
    String closing =
        new String(head, StandardCharsets.ISO_8859_1)
            .replaceAll("(?i)\r\nconnection:[^\r]*", "")
            .replaceFirst("\r\n", "\r\nConnection: close\r\n");
    try (Socket store = new Socket(localhost(), storePort)) {
      OutputStream out = store.getOutputStream();
      out.write(closing.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      threads.execute(
          () -> {
            try {
              in.transferTo(out);
            } catch (IOException gone) {
              // The answer, or its absence, tells the client.
              Thread.currentThread().interrupt();
            }
          });
      store.getInputStream().transferTo(answer);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
