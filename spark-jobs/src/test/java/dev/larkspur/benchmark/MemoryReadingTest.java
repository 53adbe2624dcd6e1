package dev.larkspur.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MemoryReadingTest {

  @Test
  void allThreadsReadTheirPart() {
    MemoryReading reading = new MemoryReading(3);
    reading.run();
    assertThat(reading.isComplete()).isTrue();
    assertThat(reading.bytes()).isCloseTo(4L << 25, within(100L));
  }
}
