package dev.larkspur.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.optim.LearningRateSchedule.Decay;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
  private final LearningRateSchedule schedule = LearningRateSchedule.cosine(6e-4, 0.1, 100, 1000);

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
    assertThat(LearningRateSchedule.cosine(1, 0, 0, 10).at(0)).isEqualTo(1);
  }

  @Test
  void staysAtThePeakUntilTheDecay() {
    LearningRateSchedule linear = stable(1000, Decay.LINEAR);
    assertThat(linear.at(99)).isEqualTo(6e-4);
    assertThat(linear.at(800)).isEqualTo(6e-4);
    assertThat(linear.at(900)).isCloseTo(3.3e-4, within(1e-12));
    assertThat(linear.at(1000)).isCloseTo(6e-5, within(1e-12));
    // After a quarter of the decay, half of the fall is done.
    assertThat(stable(1000, Decay.ONE_MINUS_SQRT).at(850)).isCloseTo(3.3e-4, within(1e-12));
  }

  @Test
  void aLongerRunHasTheSameRatesUpToTheDecayOfTheShorterOne() {
    for (long step = 0; step <= 800; step += 50) {
      assertThat(stable(2000, Decay.LINEAR).at(step))
          .isEqualTo(stable(1000, Decay.LINEAR).at(step));
    }
  }

  @Test
  void withoutDecayItIsConstant() {
    LearningRateSchedule constant = new LearningRateSchedule(6e-4, 0.1, 100, 0, 1000, Decay.LINEAR);
    assertThat(constant.at(100)).isEqualTo(6e-4);
    assertThat(constant.at(1000)).isEqualTo(6e-4);
    assertThat(constant.at(5000)).isEqualTo(6e-4);
  }

  private static LearningRateSchedule stable(long steps, Decay decay) {
    return new LearningRateSchedule(6e-4, 0.1, 100, 200, steps, decay);
  }
}
