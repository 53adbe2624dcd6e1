package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.Device;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class MergeCrossoverTest {
  private final TorchDevice device = TorchDevice.open(Device.cpu(1));

  @Test
  void theFewerWeightsFactorsSaveTheMoreTokensAreMerged() {
    try (PointerScope scope = new PointerScope()) {
      // Of 1024 x 256 weights, 81,920 stay at rank 64: nothing is left to win by merging.
      assertThat(tokens(FactorMerge.AUTO, matrix(1024, 64), matrix(64, 256), 1024 * 256)).isZero();
      // Of 256 x 64, 10,240 at rank 32.
      long few = tokens(FactorMerge.AUTO, matrix(256, 32), matrix(32, 64), 256 * 64);
      long fewer = tokens(FactorMerge.AUTO, matrix(256, 48), matrix(48, 64), 256 * 64);
      assertThat(few).isBetween(1L, 16L);
      assertThat(fewer).isGreaterThan(few);
      // A rank so high that the factors have more weights than the matrix.
      assertThat(tokens(FactorMerge.AUTO, matrix(256, 60), matrix(60, 64), 256 * 64))
          .isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void blocksCostMoreCallsThanLowRank() {
    try (PointerScope scope = new PointerScope()) {
      Tensor blocks = device.zeros(ScalarType.Float, 2, 16, 32);
      assertThat(tokens(FactorMerge.AUTO, matrix(256, 32), blocks, 256 * 64))
          .isGreaterThan(tokens(FactorMerge.AUTO, matrix(256, 32), matrix(32, 64), 256 * 64));
    }
  }

  @Test
  void whatIsAskedForIsDone() {
    try (PointerScope scope = new PointerScope()) {
      Tensor u = matrix(1024, 64);
      Tensor v = matrix(64, 256);
      assertThat(tokens(FactorMerge.ALWAYS, u, v, 1024 * 256)).isEqualTo(Long.MAX_VALUE);
      assertThat(tokens(FactorMerge.NEVER, u, v, 1)).isZero();
    }
  }

  private long tokens(FactorMerge merge, Tensor u, Tensor v, long dense) {
    return MergeCrossover.tokens(merge, u, v, dense, device);
  }

  private Tensor matrix(long rows, long columns) {
    return device.zeros(ScalarType.Float, rows, columns);
  }
}
