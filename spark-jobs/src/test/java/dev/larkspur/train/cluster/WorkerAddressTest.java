package dev.larkspur.train.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.storage.BadInputException;
import dev.larkspur.train.cluster.WorkerRendezvous.WorkerAddress;
import java.net.InetAddress;
import java.net.NetworkInterface;
import org.junit.jupiter.api.Test;

class WorkerAddressTest {

  @Test
  void anInterfaceStandsForItsAddress() throws Exception {
    String loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()).getName();

    assertThat(WorkerAddress.ofInterface(loopback)).isEqualTo("127.0.0.1");
  }

  @Test
  void anInterfaceThatIsNotThereIsRefusedWithThoseThatAre() throws Exception {
    String loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress()).getName();

    assertThatThrownBy(() -> WorkerAddress.ofInterface("no-such-0"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("training.network-interface = no-such-0")
        .hasMessageContaining(loopback);
  }
}
