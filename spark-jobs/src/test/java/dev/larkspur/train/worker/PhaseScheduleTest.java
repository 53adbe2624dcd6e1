package dev.larkspur.train.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.SelfGuidance;
import org.junit.jupiter.api.Test;

class PhaseScheduleTest {
  private static final ModelConfig MODEL =
      ModelConfig.paper(
          16,
          4,
          8,
          2,
          new AttentionConfig(8, 2, 2),
          FfnConfig.paper(32, new FfnStructure.LowRank(2)));
  private static final PhaseSchedule PHASES =
      new PhaseSchedule(
          MODEL, new SelfGuidance(SelfGuidance.Decay.LINEAR, 5, SelfGuidance.Use.ALWAYS, 1));

  @Test
  void anImportHasNoGuidesWhateverTheSettingsSay() {
    assertThat(PHASES.trained(0)).isEqualTo(MODEL.guided());
    assertThat(PHASES.used(0)).isEqualTo(MODEL);
    assertThat(PHASES.stored(0).length()).isEqualTo(ParameterTable.of(MODEL).length());
  }

  @Test
  void theLastGuidedStepIsStoredWithGuidesAndUsedWithout() {
    assertThat(PHASES.used(4)).isEqualTo(MODEL.guided());
    assertThat(PHASES.stored(5).length()).isEqualTo(ParameterTable.of(MODEL.guided()).length());
    assertThat(PHASES.used(5)).isEqualTo(MODEL);
    assertThat(PHASES.endsGuidance(5)).isTrue();
  }
}
