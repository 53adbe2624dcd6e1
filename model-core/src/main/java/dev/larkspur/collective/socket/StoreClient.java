package dev.larkspur.collective.socket;

import dev.larkspur.collective.KeyValueStore;
import dev.larkspur.collective.socket.StoreServer.StoreAddress;
import dev.larkspur.collective.socket.StoreServer.StoreRequest;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** One worker's connection to the store of its group. */
final class StoreClient implements KeyValueStore {
  private final StoreAddress address;
  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  private StoreClient(StoreAddress address, Socket socket) throws IOException {
    this.address = address;
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
  }

  /**
   * Connects to the store.
   *
   * @param timeout for connecting and for each answer
   * @throws UncheckedIOException if the store cannot be reached
   */
  static StoreClient connect(StoreAddress address, Duration timeout) {
    Socket socket = new Socket();
    try {
      int millis = Math.toIntExact(timeout.toMillis());
      socket.connect(new InetSocketAddress(address.host(), address.port()), millis);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(millis);
      StoreClient client = new StoreClient(address, socket);
      client.out.write(address.token().bytes());
      return client;
    } catch (IOException e) {
      Closing.quietly(socket);
      throw failed(address, "cannot be reached: " + e.getMessage(), e);
    }
  }

  private static UncheckedIOException failed(StoreAddress address, String what, IOException cause) {
    return new UncheckedIOException(
        "the store of the group on %s:%d %s".formatted(address.host(), address.port(), what),
        cause);
  }

  @Override
  public void set(String key, String value) {
    send(StoreRequest.SET, key, () -> out.writeUTF(value), in::readByte);
  }

  @Override
  public String value(String key) {
    return send(StoreRequest.VALUE, key, () -> {}, in::readUTF);
  }

  @Override
  public boolean has(String key) {
    return send(StoreRequest.HAS, key, () -> {}, in::readBoolean);
  }

  @Override
  public long add(String counter, long number) {
    return send(StoreRequest.ADD, counter, () -> out.writeLong(number), in::readLong);
  }

  private <T> T send(StoreRequest request, String key, Argument argument, Answer<T> answer) {
    try {
      out.writeByte(request.code);
      out.writeUTF(key);
      argument.write();
      out.flush();
      return answer.read();
    } catch (SocketTimeoutException e) {
      // A late answer would be mistaken for that of the next request.
      close();
      throw failed(address, "has not answered in time (" + key + ")", e);
    } catch (IOException e) {
      close();
      throw failed(address, "has closed the connection (" + key + ")", e);
    }
  }

  @Override
  public void close() {
    Closing.quietly(socket);
  }

  private interface Argument {
    void write() throws IOException;
  }

  private interface Answer<T> {
    T read() throws IOException;
  }
}
