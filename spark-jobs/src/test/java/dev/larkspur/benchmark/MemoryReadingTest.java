package dev.larkspur.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryReadingTest {

  @Test
  void everyValueIsReadOnceARun() {
    MemoryReading reading = new MemoryReading(2);
    reading.run();
    reading.run();
    // Values are ones, of four bytes.
    assertThat(reading.sum()).isEqualTo(2 * reading.bytes() / Integer.BYTES);
  }
}
