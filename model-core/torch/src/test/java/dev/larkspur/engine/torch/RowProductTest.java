package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Device;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class RowProductTest {

  @Test
  void oneRowInBf16IsRoundedOnceWithAndWithoutOneDnn() {
    TorchDevice.open(Device.cpu(1));
    try (PointerScope scope = new PointerScope()) {
      Tensor w = torch.randn(70, 300).to(ScalarType.BFloat16);
      Tensor x = torch.randn(1, 1, 300).to(ScalarType.BFloat16);
      Tensor expected = torch.linear(x.to(ScalarType.Double), w.to(ScalarType.Double));
      assertClose(RowProduct.linear(x, w, Bias.NONE), expected);
      try (OneDnn excluded = OneDnn.excluded()) {
        assertClose(RowProduct.linear(x, w, Bias.NONE), expected);
      }
    }
  }

  /** A sum of 300 products of N(0, 1) is about 17, which bf16 rounds to 8 digits. */
  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
    assertThat(actual.sizes().vec().get()).containsExactly(1, 1, 70);
    assertThat(actual.to(ScalarType.Double).sub(expected).abs().max().item_double())
        .isLessThan(0.2);
  }

  @Test
  void oneDnnIsBackAfterTheLastExclusion() {
    TorchDevice.open(Device.cpu(1));
    OneDnn first = OneDnn.excluded();
    OneDnn second = OneDnn.excluded();
    first.close();
    assertThat(torch.globalContext().userEnabledMkldnn()).isFalse();
    second.close();
    assertThat(torch.globalContext().userEnabledMkldnn()).isTrue();
  }
}
