package dev.larkspur.collective.socket;

import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.EngineException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The store of a group, in the process of worker 0: strings by name, on one address and port. Each
 * connection has a thread. Connections that do not start with the group's token are closed.
 */
final class StoreServer implements AutoCloseable {
  /** Maximum number of connections that wait to be accepted. */
  static final int BACKLOG = 4096;

  /** How long a new connection may take to send the token. */
  private static final Duration GREETING_TIMEOUT = Duration.ofSeconds(10);

  /** Pause after a failed accept, for example when no file descriptors are left. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final GroupToken token = GroupToken.random();
  private final ServerSocket listening;
  private final String host;
  private final long timeoutNanos;
  private final Map<String, String> entries = new HashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads;

  private StoreServer(ServerSocket listening, Rendezvous rendezvous) {
    this.listening = listening;
    this.host = rendezvous.host();
    this.timeoutNanos = rendezvous.timeout().toNanos();
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "rendezvous store of " + rendezvous.host());
              thread.setDaemon(true);
              return thread;
            });
    threads.execute(this::accept);
  }

  /**
   * Opens the first free port of the range.
   *
   * @throws EngineException if none can be opened
   */
  static StoreServer open(Rendezvous rendezvous) {
    try {
      return rendezvous
          .ports()
          .openFirstFree(
              rendezvous.host(),
              (address, port) ->
                  new StoreServer(new ServerSocket(port, BACKLOG, address), rendezvous));
    } catch (IOException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  StoreAddress address() {
    int port = ((InetSocketAddress) listening.getLocalSocketAddress()).getPort();
    return new StoreAddress(host, port, token);
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket connection = listening.accept();
        connections.add(connection);
        serveLater(connection);
      } catch (IOException e) {
        // The store was closed, which ends the loop; or one connection failed: others continue.
        if (!pause()) {
          return;
        }
      }
    }
  }

  /** Prevents a busy loop while accepting fails; false if the store is being closed. */
  private boolean pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void serveLater(Socket connection) {
    try {
      threads.execute(() -> serve(connection));
    } catch (RejectedExecutionException e) {
      // The connection was accepted while the store was being closed.
      Closing.quietly(connection);
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      connection.setSoTimeout(Math.toIntExact(GREETING_TIMEOUT.toMillis()));
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(connection.getInputStream()));
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(connection.getOutputStream()));
      if (token.matches(in.readNBytes(GroupToken.BYTES))) {
        connection.setSoTimeout(0);
        while (answer(in, out)) {
          out.flush();
        }
      }
    } catch (IOException e) {
      // The client has closed the connection, or is not a worker. A worker reports the cause.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  /** Answers one request; false at the end of the connection or for an unknown request. */
  private boolean answer(DataInputStream in, DataOutputStream out)
      throws IOException, InterruptedException {
    StoreRequest request = StoreRequest.of(in.read());
    if (request == null) {
      return false;
    }
    String key = in.readUTF();
    switch (request) {
      case SET -> {
        set(key, in.readUTF());
        out.writeByte(0);
      }
      case HAS -> out.writeBoolean(has(key));
      case ADD -> out.writeLong(add(key, in.readLong()));
      case VALUE -> out.writeUTF(await(key));
    }
    return true;
  }

  private void set(String key, String value) {
    synchronized (entries) {
      entries.put(key, value);
      entries.notifyAll();
    }
  }

  private boolean has(String key) {
    synchronized (entries) {
      return entries.containsKey(key);
    }
  }

  private long add(String key, long number) throws IOException {
    synchronized (entries) {
      try {
        long sum = Long.parseLong(entries.getOrDefault(key, "0")) + number;
        set(key, Long.toString(sum));
        return sum;
      } catch (NumberFormatException e) {
        throw new IOException(key + " is not a counter", e);
      }
    }
  }

  private String await(String key) throws IOException, InterruptedException {
    long end = System.nanoTime() + timeoutNanos;
    synchronized (entries) {
      while (!entries.containsKey(key)) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new EOFException("no worker has set " + key);
        }
        entries.wait(left);
      }
      return entries.get(key);
    }
  }

  @Override
  public void close() {
    Closing.quietly(listening);
    threads.shutdownNow();
    connections.forEach(Closing::quietly);
    try {
      threads.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * First byte of a request to the store. Keys and values follow as {@code DataOutput.writeUTF}.
   */
  enum StoreRequest {
    /** A key and a value; answered with a byte. */
    SET(1),
    /** A key; answered with its value once it is set. */
    VALUE(2),
    /** A key; answered with a boolean. */
    HAS(3),
    /** A key and a long; answered with their sum. */
    ADD(4);

    final int code;

    StoreRequest(int code) {
      this.code = code;
    }

    /** The request with a code; null if there is none. */
    static StoreRequest of(int code) {
      return Arrays.stream(values())
          .filter(request -> request.code == code)
          .findFirst()
          .orElse(null);
    }
  }

  /**
   * Where clients reach the store of worker 0, and the token that they send.
   *
   * @param host name or address
   * @param port TCP port
   * @param token of the group
   */
  record StoreAddress(String host, int port, GroupToken token) {

    /**
     * Parses the result of {@link #toString}.
     *
     * @throws IllegalArgumentException if {@code announced} is not such a result
     */
    static StoreAddress parse(String announced) {
      int at = announced.indexOf('@');
      int colon = announced.lastIndexOf(':');
      if (at < 0 || colon < at) {
        throw new IllegalArgumentException("not an address of a store: token@host:port is one");
      }
      return new StoreAddress(
          announced.substring(at + 1, colon),
          Integer.parseInt(announced.substring(colon + 1)),
          GroupToken.parse(announced.substring(0, at)));
    }

    @Override
    public String toString() {
      return token + "@" + host + ":" + port;
    }
  }
}
