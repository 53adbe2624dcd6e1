package dev.larkspur.collective.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.collective.socket.StoreServer.StoreAddress;
import dev.larkspur.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The store of a group, and who may use it. */
@Timeout(30)
class StoreTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Long enough to connect on a slow machine. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  @Test
  void clientsShareValuesAndCounters() {
    try (StoreServer server = server(PortRange.ANY, TIMEOUT);
        StoreClient first = StoreClient.connect(server.address(), TIMEOUT);
        StoreClient second = StoreClient.connect(server.address(), TIMEOUT)) {
      assertThat(first.has("key")).isFalse();
      first.set("key", "Wert für ∞");
      assertThat(second.has("key")).isTrue();
      assertThat(second.value("key")).isEqualTo("Wert für ∞");
      assertThat(first.add("counter", 2)).isEqualTo(2);
      assertThat(second.add("counter", 3)).isEqualTo(5);
      assertThat(first.has("counter")).isTrue();
    }
  }

  @Test
  void aValueIsWaitedFor() {
    try (StoreServer server = server(PortRange.ANY, TIMEOUT);
        StoreClient reader = StoreClient.connect(server.address(), TIMEOUT);
        StoreClient writer = StoreClient.connect(server.address(), TIMEOUT)) {
      CompletableFuture<String> value = CompletableFuture.supplyAsync(() -> reader.value("later"));
      writer.set("later", "now");
      assertThat(value.join()).isEqualTo("now");
    }
  }

  @Test
  void waitingEndsWithTheTimeoutOfTheClientOrOfTheStore() {
    try (StoreServer server = server(PortRange.ANY, TIMEOUT);
        StoreClient client = StoreClient.connect(server.address(), SHORT)) {
      assertThatThrownBy(() -> client.value("never"))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("has not answered in time (never)");
      assertThatThrownBy(() -> client.has("never")).isInstanceOf(UncheckedIOException.class);
    }
    try (StoreServer server = server(PortRange.ANY, SHORT);
        StoreClient client = StoreClient.connect(server.address(), TIMEOUT)) {
      assertThatThrownBy(() -> client.value("never"))
          .hasMessageContaining("has closed the connection (never)");
    }
  }

  @Test
  void whoDoesNotKnowTheTokenIsDropped() throws IOException {
    try (StoreServer server = server(PortRange.ANY, TIMEOUT);
        Socket stray = connect(server)) {
      stray.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
      stray.setSoTimeout((int) TIMEOUT.toMillis());
      assertThat(isClosed(stray)).isTrue();

      StoreAddress wrong =
          new StoreAddress(server.address().host(), server.address().port(), GroupToken.random());
      try (StoreClient client = StoreClient.connect(wrong, TIMEOUT)) {
        assertThatThrownBy(() -> client.set("key", "value"))
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageContaining("has closed the connection");
      }
      try (StoreClient client = StoreClient.connect(server.address(), TIMEOUT)) {
        assertThat(client.has("key")).isFalse();
      }
    }
  }

  @Test
  void aRequestThatIsNoneEndsItsConnectionOnly() throws IOException {
    try (StoreServer server = server(PortRange.ANY, TIMEOUT);
        StoreClient client = StoreClient.connect(server.address(), TIMEOUT);
        Socket faulty = connect(server)) {
      faulty.getOutputStream().write(server.address().token().bytes());
      faulty.getOutputStream().write(99);
      faulty.setSoTimeout((int) TIMEOUT.toMillis());
      assertThat(isClosed(faulty)).isTrue();
      client.set("key", "value");
      assertThat(client.value("key")).isEqualTo("value");
    }
  }

  @Test
  void theAddressIsAnnouncedWithItsToken() {
    StoreAddress address = new StoreAddress("fe80::1", 29_500, GroupToken.random());
    StoreAddress parsed = StoreAddress.parse(address.toString());
    assertThat(parsed.host()).isEqualTo("fe80::1");
    assertThat(parsed.port()).isEqualTo(29_500);
    assertThat(parsed.token().matches(address.token().bytes())).isTrue();
    assertThatThrownBy(() -> StoreAddress.parse("localhost:29500"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPortThatIsTakenIsRefusedUnderItsSetting() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      PortRange ports = new PortRange(taken.getLocalPort(), taken.getLocalPort());
      assertThatThrownBy(() -> server(ports, TIMEOUT))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("training.rendezvous-ports = " + taken.getLocalPort());
    }
  }

  private static StoreServer server(PortRange ports, Duration timeout) {
    return StoreServer.open(new Rendezvous(0, 2, "127.0.0.1", ports, own -> own, timeout));
  }

  private static Socket connect(StoreServer server) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.address().port());
  }

  /** Whether the other side has closed it, in order or not. */
  private static boolean isClosed(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return !(e instanceof SocketTimeoutException);
    }
  }
}
