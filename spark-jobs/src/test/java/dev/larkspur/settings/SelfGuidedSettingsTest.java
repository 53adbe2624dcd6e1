package dev.larkspur.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.settings.TrainingSettings.SelfGuidedSettings;
import dev.larkspur.settings.TrainingSettings.SelfGuidedSettings.Mode;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SelfGuidedSettingsTest {
  @Test
  void aShareThatRoundsToNothingStillGuidesOneStep() {
    assertThat(of(Mode.FIXED_STEP, 0.01).guidedSteps(10)).isOne();
    assertThat(of(Mode.FIXED_FLOP, 0.01).guidedSteps(10)).isOne();
    assertThat(of(Mode.FIXED_FLOP, 0.01).repeatedSteps(10)).isOne();
    assertThat(of(Mode.OFF, 0.01).guidedSteps(10)).isZero();
  }

  @Test
  void withFixedStepTheLastOneIsPlain() {
    assertThat(of(Mode.FIXED_STEP, 1).guidedSteps(10)).isEqualTo(9);
    assertThat(of(Mode.FIXED_STEP, 1).repeatedSteps(10)).isZero();
    assertThat(of(Mode.FIXED_FLOP, 1).guidedSteps(10)).isEqualTo(10);
  }

  private static SelfGuidedSettings of(Mode mode, double fraction) {
    return new SelfGuidedSettings(
        mode, SelfGuidance.Decay.LINEAR, OptionalDouble.of(fraction), SelfGuidance.Use.ALWAYS);
  }
}
