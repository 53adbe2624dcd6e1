package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.collective.compression.CompressedExchange.UpdateMessage;
import dev.larkspur.collective.compression.ThresholdCodec;
import dev.larkspur.collective.compression.ThresholdCodec.Encoding;
import dev.larkspur.collective.compression.ThresholdCodecs;
import dev.larkspur.collective.compression.ThresholdRule;
import dev.larkspur.collective.compression.ThresholdRule.Algorithm;
import dev.larkspur.collective.compression.ThresholdRule.Sparsity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

class Nd4jThresholdCodecTest {
  /** Enough for ND4J to share an operation among threads. */
  private static final int LENGTH = 200_000;

  private static final double DECAY = 0.9;

  private final ThresholdCodec codec = ThresholdCodecs.load(2);

  @ParameterizedTest
  @ValueSource(floats = {0.5f, 1, 2, 3})
  void updateAndResidualAreTheGradient(float threshold) {
    FloatBuffer kept = random();
    int[] message = codec.encode(kept, threshold);
    FloatBuffer sum = direct(LENGTH);
    codec.decode(message, sum);
    FloatBuffer gradient = random();
    int sent = 0;
    for (int i = 0; i < LENGTH; i++) {
      float value = gradient.get(i);
      float expected = Math.abs(value) >= threshold ? Math.copySign(threshold, value) : 0;
      assertThat(sum.get(i)).isEqualTo(expected);
      assertThat(sum.get(i) + kept.get(i)).isCloseTo(value, within(Math.ulp(value)));
      sent += expected == 0 ? 0 : 1;
    }
    assertThat(message).hasSize(UpdateMessage.HEADER + sent);
    assertThatCode(() -> UpdateMessage.requireSound(message, 0, LENGTH, threshold))
        .doesNotThrowAnyException();
  }

  @Test
  void decodingDoesNotDependOnTheOrderOfTheIndices() {
    int[] message = codec.encode(random(), 1);
    int[] sorted = message.clone();
    Arrays.sort(sorted, UpdateMessage.HEADER, sorted.length);
    FloatBuffer sum = random();
    codec.decode(message, sum);
    FloatBuffer sumOfSorted = random();
    codec.decode(sorted, sumOfSorted);
    assertThat(sum).isEqualTo(sumOfSorted);
  }

  @Test
  void twoThreadsEncodeTheSameAsOne() {
    int threads = Nd4j.getEnvironment().maxThreads();
    try {
      Nd4j.getEnvironment().setMaxThreads(1);
      FloatBuffer kept = random();
      int[] expected = sorted(codec.encode(kept, 1));
      Nd4j.getEnvironment().setMaxThreads(2);
      for (int i = 0; i < 5; i++) {
        FloatBuffer again = random();
        assertThat(sorted(codec.encode(again, 1))).isEqualTo(expected);
        assertThat(again).isEqualTo(kept);
      }
    } finally {
      Nd4j.getEnvironment().setMaxThreads(threads);
    }
  }

  @Test
  void aSingleLargeValueStaysInTheResidual() {
    FloatBuffer kept = direct(100).put(7, 2);
    assertThat(codec.encode(kept, 1)).isEmpty();
    assertThat(kept.get(7)).isEqualTo(2);
    kept.put(8, -1);
    int[] message = codec.encode(kept, 1);
    assertThat(sorted(message)).containsExactly(2, 100, Float.floatToIntBits(1), 0, -9, 8);
    assertThat(kept.get(7)).isEqualTo(1);
    assertThat(kept.get(8)).isZero();
  }

  /** Why the exchange looks for them before it encodes. */
  @Test
  void whatIsNotANumberIsNeverSent() {
    FloatBuffer kept = direct(100).put(3, Float.NaN).put(7, 2).put(8, 2);
    assertThat(sorted(codec.encode(kept, 1))).endsWith(0, 8, 9);
    assertThat(kept.get(3)).isNaN();
  }

  @Test
  void aPartOfABufferIsEncodedByItself() {
    FloatBuffer all = direct(100).put(49, 3).put(50, 3).put(51, 3).put(99, 3);
    assertThat(sorted(codec.encode(all.slice(50, 10), 1)))
        .containsExactly(2, 10, Float.floatToIntBits(1), 0, 1, 2);
    assertThat(all.get(49)).isEqualTo(3);
    assertThat(all.get(50)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "FIXED, 0.9, 0.5",
    "FIXED, 0, 0.5",
    "ADAPTIVE, 0.2, 0.4444444444444444",
    "ADAPTIVE, 0.05, 0.4",
    "ADAPTIVE, 0.001, 0.36",
    "TARGET_SPARSITY, 0.03, 0.4444444444444444",
    "TARGET_SPARSITY, 0.01, 0.36"
  })
  void theThresholdFollowsTheAlgorithmAndTheLastStep(
      Algorithm algorithm, double sparsity, double expected) {
    ThresholdRule rule = new ThresholdRule(algorithm, 0.5, new Sparsity(0.01, 0.1, 0.02, DECAY));
    assertThat(codec.nextThreshold(rule, null)).isEqualTo(0.5);
    assertThat(codec.nextThreshold(rule, new Encoding(0.4, sparsity, false)))
        .isCloseTo(expected, within(1e-12));
  }

  private static FloatBuffer random() {
    FloatBuffer values = direct(LENGTH);
    Random random = new Random(1);
    for (int i = 0; i < LENGTH; i++) {
      values.put(i, (float) random.nextGaussian());
    }
    return values;
  }

  private static FloatBuffer direct(int length) {
    return ByteBuffer.allocateDirect(length * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static int[] sorted(int[] message) {
    int[] copy = message.clone();
    Arrays.sort(copy, Math.min(copy.length, UpdateMessage.HEADER), copy.length);
    return copy;
  }
}
