package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Device;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class OneDnnTest {

  @Test
  void isBackAfterTheLastExclusion() {
    TorchDevice.open(Device.cpu(1));
    OneDnn first = OneDnn.excluded();
    OneDnn second = OneDnn.excluded();
    first.close();
    assertThat(torch.globalContext().userEnabledMkldnn()).isFalse();
    second.close();
    assertThat(torch.globalContext().userEnabledMkldnn()).isTrue();
  }
}
