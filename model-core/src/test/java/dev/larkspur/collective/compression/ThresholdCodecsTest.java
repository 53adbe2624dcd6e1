package dev.larkspur.collective.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.compression.ThresholdCodec.CompressionException;
import org.junit.jupiter.api.Test;

/** Here no library that encodes is on the class path. */
class ThresholdCodecsTest {
  @Test
  void theErrorNamesTheSettingAndTheJarToAdd() {
    assertThat(ThresholdCodecs.present()).isFalse();
    assertThatThrownBy(() -> ThresholdCodecs.load(1))
        .isInstanceOf(CompressionException.class)
        .hasMessageContaining("training.exchange.compression = threshold")
        .hasMessageContaining("add larkspur-dl4j-spark-*.jar");
  }
}
