package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Device;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnSumTest {

  /** Blocks, width out, width in, threads. */
  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(1, 70, 300, 1),
        Arguments.of(1, 256, 30, 2),
        Arguments.of(1, 256, 30, 3),
        Arguments.of(2, 192, 30, 2),
        Arguments.of(2, 192, 30, 4),
        Arguments.of(4, 7, 5, 6));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void equalsTheProductOfEachBlock(int blocks, int out, int in, int threads) {
    TorchDevice.open(Device.cpu(1));
    try (PointerScope scope = new PointerScope()) {
      torch.manual_seed(5);
      Tensor w = torch.randn(blocks, out, in).to(ScalarType.Double);
      Tensor x = torch.randn(blocks, 1, in).to(ScalarType.Double);
      Tensor stored = w.transpose(1, 2).contiguous();
      Tensor y = new ColumnSum(stored, threads).multiply(x);
      assertThat(y.sizes().vec().get()).containsExactly(blocks, 1, out);
      assertThat(largestDifference(y, x.bmm(w.transpose(1, 2)))).isLessThan(1e-12);
      if (blocks == 1) {
        Tensor alone = new ColumnSum(stored.squeeze(0), threads).multiply(x.view(1, in));
        assertThat(alone.sizes().vec().get()).containsExactly(1, out);
        assertThat(largestDifference(alone, y.view(1, out))).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ScalarType.class,
      names = {"Float", "BFloat16"})
  void sumsAreRoundedOnce(ScalarType type) {
    TorchDevice.open(Device.cpu(1));
    try (PointerScope scope = new PointerScope()) {
      torch.manual_seed(5);
      Tensor w = torch.randn(70, 300).to(type);
      Tensor x = torch.randn(1, 300).to(type);
      Tensor y = new ColumnSum(w.t().contiguous(), 1).multiply(x);
      assertThat(y.scalar_type().intern()).isEqualTo(type);
      Tensor expected = torch.linear(x.to(ScalarType.Double), w.to(ScalarType.Double));
      // A sum of 300 products of N(0, 1) is about 17, at most 64: a step of bf16 there is 0.25.
      assertThat(largestDifference(y.to(ScalarType.Double), expected))
          .isLessThan(type == ScalarType.Float ? 1e-4 : 0.13);
    }
  }

  private static double largestDifference(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item_double();
  }
}
