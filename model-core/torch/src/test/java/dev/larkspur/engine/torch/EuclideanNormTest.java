package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.larkspur.tensor.Shard;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EuclideanNormTest {
  /** A relative error of 1e-6. */
  private static final double MILLIONTH = 1e-4;

  private static final long BLOCK = 1_000_003;
  private static final long BLOCKS = 110;

  /** No value, parts of a row, whole rows, and both. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1023, 1024, 1025, 3 * 1024, 3 * 1024 + 5})
  void everyValueCountsOnce(long length) {
    try (PointerScope scope = new PointerScope()) {
      Tensor vector = torch.ones(length).mul_(new Scalar(3.0));
      assertThat(EuclideanNorm.of(vector))
          .isCloseTo(3 * Math.sqrt((double) length), withinPercentage(MILLIONTH));
    }
  }

  /** As many values as a GPT-2 of 12 layers has, whose squares LibTorch adds up in fp32. */
  @Test
  void oneWorkerAndFourHaveTheExactNormOfALongVector() {
    try (PointerScope scope = new PointerScope()) {
      Tensor vector = torch.empty(BLOCKS * BLOCK);
      Tensor block = torch.empty(BLOCK).normal_(0, 1e-3, new GeneratorOptional());
      vector.view(BLOCKS, BLOCK).copy_(block);
      double exact = Math.sqrt(BLOCKS * block.to(ScalarType.Double).square().sum().item_double());

      assertThat(torch.linalg_vector_norm(vector).item_double())
          .as("what this is for")
          .isLessThan(0.995 * exact);
      assertThat(EuclideanNorm.of(vector)).isCloseTo(exact, withinPercentage(MILLIONTH));
      assertThat(ofFour(vector)).isCloseTo(exact, withinPercentage(MILLIONTH));
    }
  }

  /** All roundings go the same way: 0.05 % are lost of so few already. */
  @Test
  void equalValuesLoseNothing() {
    try (PointerScope scope = new PointerScope()) {
      Tensor vector = torch.empty(3 * BLOCK).fill_(new Scalar(1.234e-3));
      double exact = (float) 1.234e-3 * Math.sqrt(3 * BLOCK);
      assertThat(EuclideanNorm.of(vector)).isCloseTo(exact, withinPercentage(MILLIONTH));
      assertThat(ofFour(vector)).isCloseTo(exact, withinPercentage(MILLIONTH));
    }
  }

  @Test
  void whatIsNotFiniteShows() {
    try (PointerScope scope = new PointerScope()) {
      Tensor vector = torch.ones(10_000);
      vector.narrow(0, 9_999, 1).fill_(new Scalar(Double.NaN));
      assertThat(EuclideanNorm.of(vector)).isNaN();
      vector.narrow(0, 9_999, 1).fill_(new Scalar(Double.NEGATIVE_INFINITY));
      assertThat(EuclideanNorm.of(vector)).isEqualTo(Double.POSITIVE_INFINITY);
    }
  }

  /** What four workers that share the work add up. */
  private static double ofFour(Tensor vector) {
    return Math.sqrt(
        IntStream.range(0, 4)
            .mapToObj(rank -> Shard.of(vector.numel(), rank, 4))
            .map(part -> vector.narrow(0, part.offset(), part.length()))
            .mapToDouble(EuclideanNorm::of)
            .map(norm -> norm * norm)
            .sum());
  }
}
