package dev.larkspur.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.Rendezvous.PortRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortRangeTest {
  private static final String HERE = "127.0.0.1";

  /** In an address block that is reserved for documentation. */
  private static final String ELSEWHERE = "203.0.113.7";

  private static ServerSocket open(InetAddress address, int port) throws IOException {
    return new ServerSocket(port, 1, address);
  }

  @Test
  void aTakenPortIsPassedOver() throws IOException {
    try (ServerSocket taken = PortRange.ANY.openFirstFree(HERE, PortRangeTest::open)) {
      int port = taken.getLocalPort();
      PortRange range = new PortRange(port, PortRange.HIGHEST);
      try (ServerSocket next = range.openFirstFree(HERE, PortRangeTest::open)) {
        assertThat(next.getLocalPort()).isGreaterThan(port);
      }
    }
  }

  @Test
  void portsThatAreAllTakenAreNamed() throws IOException {
    try (ServerSocket taken = PortRange.ANY.openFirstFree(HERE, PortRangeTest::open)) {
      int port = taken.getLocalPort();
      PortRange range = new PortRange(port, port);
      assertThatThrownBy(() -> range.openFirstFree(HERE, PortRangeTest::open))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot open a port on " + HERE)
          .hasMessageContaining("free one of training.rendezvous-ports = " + port);
    }
  }

  @Test
  void anAddressOfAnotherHostIsNoMatterOfPorts() {
    assertThatThrownBy(() -> PortRange.ANY.openFirstFree(ELSEWHERE, PortRangeTest::open))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot open a port on " + ELSEWHERE)
        .hasMessageContaining("training.network-interface")
        .hasMessageNotContaining("rendezvous-ports");
  }

  @Test
  void aNameThatCannotBeResolvedIsNamed() {
    assertThatThrownBy(() -> PortRange.ANY.openFirstFree("worker.invalid", PortRangeTest::open))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot resolve its own name, worker.invalid")
        .hasMessageContaining("training.network-interface");
  }
}
