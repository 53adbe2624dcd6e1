package dev.larkspur.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
  private final LearningRateSchedule schedule = new LearningRateSchedule(6e-4, 0.1, 100, 1000);

  @Test
  void warmsUpInEqualStepsToThePeak() {
    assertThat(schedule.at(0)).isCloseTo(6e-6, within(1e-12));
    assertThat(schedule.at(49)).isCloseTo(3e-4, within(1e-12));
    assertThat(schedule.at(99)).isCloseTo(6e-4, within(1e-12));
  }

  @Test
  void fallsAlongACosineToItsLastValue() {
    assertThat(schedule.at(100)).isCloseTo(6e-4, within(1e-12));
    // Half-way the cosine is the mean of both ends, a third of the way it has lost a quarter.
    assertThat(schedule.at(550)).isCloseTo(3.3e-4, within(1e-12));
    assertThat(schedule.at(400)).isCloseTo(6e-4 - 0.25 * 5.4e-4, within(1e-12));
    assertThat(schedule.at(1000)).isCloseTo(6e-5, within(1e-12));
  }

  @Test
  void worksWithoutWarmUp() {
    assertThat(new LearningRateSchedule(1, 0, 0, 10).at(0)).isEqualTo(1);
  }
}
