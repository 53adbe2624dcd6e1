package dev.larkspur.collective.compression;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.compression.CompressedExchange.UpdateMessage;
import dev.larkspur.collective.compression.ThresholdCodec.CompressionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UpdateMessageTest {
  private static final float THRESHOLD = 0.25f;
  private static final int BITS = Float.floatToIntBits(THRESHOLD);

  static Stream<int[]> damaged() {
    return Stream.of(
        new int[] {2, 10, BITS},
        new int[] {2, 10, BITS, 0, 1},
        new int[] {1, 10, BITS, 0, 1, 2},
        new int[] {2, 11, BITS, 0, 1, 2},
        new int[] {2, 10, BITS + 1, 0, 1, 2},
        new int[] {2, 10, BITS, 0, 1, 0},
        new int[] {2, 10, BITS, 0, 11, 1},
        new int[] {2, 10, BITS, 0, -11, 1},
        new int[] {2, 10, BITS, 0, 1, Integer.MIN_VALUE});
  }

  @ParameterizedTest
  @MethodSource("damaged")
  void aDamagedMessageIsRefused(int[] message) {
    assertThatThrownBy(() -> UpdateMessage.requireSound(message, 3, 10, THRESHOLD))
        .isInstanceOf(CompressionException.class)
        .hasMessageContaining("worker 3");
  }

  @Test
  void aSoundMessageIsNot() {
    assertThatCode(
            () -> {
              UpdateMessage.requireSound(new int[0], 0, 10, THRESHOLD);
              UpdateMessage.requireSound(new int[] {2, 10, BITS, 0, -10, 1}, 0, 10, THRESHOLD);
            })
        .doesNotThrowAnyException();
  }
}
