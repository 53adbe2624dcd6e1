package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.contract.Ranks;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sockets of Gloo and of the rendezvous. */
class TorchCollectiveTest {

  @Test
  void nothingListensOnOtherAddressesThanTheChosenOne() throws Exception {
    assumeTrue(ListeningSockets.areKnown(), "only Linux lists its sockets in files");
    List<String> before = ListeningSockets.ofThisProcess();
    List<List<String>> opened =
        new Ranks(new GlooEngine())
            .run(
                2,
                peers -> {
                  peers.barrier();
                  List<String> now = ListeningSockets.ofThisProcess();
                  now.removeAll(before);
                  peers.barrier();
                  return now;
                });
    // The rendezvous of rank 0, and Gloo.
    assertThat(opened.get(0))
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(address -> address.startsWith(ListeningSockets.LOOPBACK));
  }

  @Test
  void aPortThatIsTakenIsRefusedUnderItsSetting() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      PortRange ports = new PortRange(taken.getLocalPort(), taken.getLocalPort());
      Rendezvous rendezvous =
          new Rendezvous(0, 2, "127.0.0.1", ports, own -> own, Duration.ofSeconds(20));
      assertThatThrownBy(() -> new GlooEngine().join(rendezvous, Device.cpu(1)))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("training.rendezvous-ports = " + taken.getLocalPort());
    }
  }
}
