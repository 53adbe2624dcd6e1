package dev.larkspur.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MemoryReadingTest {

  @Test
  void allThreadsReadTheirPart() {
    MemoryReading reading = new MemoryReading(3, 24_000);
    reading.run();
    assertThat(reading.isComplete()).isTrue();
    assertThat(reading.bytes()).isCloseTo(24_000L, within(100L));
  }
}
