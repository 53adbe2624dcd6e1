package dev.larkspur.collective.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.collective.socket.PeerConnections.Greeting;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is taken for a peer. */
@Timeout(30)
class PeerConnectionsTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final StoreServer server = StoreServer.open(rendezvous(0, TIMEOUT));
  private final StoreClient store = StoreClient.connect(server.address(), TIMEOUT);
  private final GroupToken token = server.address().token();
  private final ExecutorService pool = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    pool.shutdownNow();
    store.close();
    server.close();
  }

  @Test
  void strayConnectionsAreDroppedAndHoldUpNobody() throws Exception {
    Future<SocketChannel[]> first = pool.submit(member(0, TIMEOUT));
    try (Socket silent = connect();
        Socket stranger = connect(new Greeting(GroupToken.random(), 1));
        Socket unknownRank = connect(new Greeting(token, 2));
        Socket ownRank = connect(new Greeting(token, 0))) {
      requireDropped(stranger);
      requireDropped(unknownRank);
      requireDropped(ownRank);

      SocketChannel[] second = member(1, TIMEOUT).call();
      assertThat(first.get()[1].getRemoteAddress()).isEqualTo(second[0].getLocalAddress());
      requireDropped(silent);
      for (SocketChannel channel : new SocketChannel[] {first.get()[1], second[0]}) {
        channel.close();
      }
    }
  }

  @Test
  void aPeerThatDoesNotComeIsReportedInTime() {
    assertThatThrownBy(() -> member(0, Duration.ofMillis(200)).call())
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("1 workers have not connected");
  }

  private Callable<SocketChannel[]> member(int rank, Duration timeout) {
    return () -> {
      try (StoreClient own = StoreClient.connect(server.address(), TIMEOUT)) {
        return PeerConnections.open(rendezvous(rank, timeout), own, token);
      }
    };
  }

  private Socket connect() throws IOException {
    String address = store.value("address/0");
    return new Socket(
        InetAddress.getLoopbackAddress(),
        Integer.parseInt(address.substring(address.indexOf(':') + 1)));
  }

  private Socket connect(Greeting greeting) throws IOException {
    Socket socket = connect();
    socket.getOutputStream().write(greeting.encoded().array());
    return socket;
  }

  private static void requireDropped(Socket socket) throws IOException {
    socket.setSoTimeout((int) TIMEOUT.toMillis());
    InputStream in = socket.getInputStream();
    try {
      assertThat(in.read()).isNegative();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  private static Rendezvous rendezvous(int rank, Duration timeout) {
    return new Rendezvous(rank, 2, "127.0.0.1", PortRange.ANY, own -> own, timeout);
  }
}
