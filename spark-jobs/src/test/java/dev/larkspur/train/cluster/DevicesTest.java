package dev.larkspur.train.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.storage.BadInputException;
import org.junit.jupiter.api.Test;

class DevicesTest {

  @Test
  void anAddressIsTheNumberInCuda() {
    assertThat(Devices.ordinal("0")).isZero();
    assertThat(Devices.ordinal("11")).isEqualTo(11);
  }

  @Test
  void anotherAddressIsRefused() {
    for (String address : new String[] {"GPU-5d5ba0d6", "MIG-c6d4f1ef", "-1", ""}) {
      assertThatThrownBy(() -> Devices.ordinal(address))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("the GPU \"" + address + "\"")
          .hasMessageContaining("deploy/gpu-discovery");
    }
  }
}
