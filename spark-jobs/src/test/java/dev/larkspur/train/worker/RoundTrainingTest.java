package dev.larkspur.train.worker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.optim.Optimizer;
import dev.larkspur.settings.StrategySettings;
import dev.larkspur.settings.StrategySettings.Kind;
import dev.larkspur.train.TrainingException;
import dev.larkspur.train.worker.TrainingSpec.Recipe;
import org.junit.jupiter.api.Test;

class RoundTrainingTest {

  @Test
  void anOptimizerThatTheLibraryLacksIsRefused() {
    Recipe recipe = new Recipe(null, null, new Optimizer.None(), 1, null);
    TrainingSpec spec = new TrainingSpec(null, null, null, recipe, null, null, null);
    StrategySettings settings = new StrategySettings(Kind.DL4J_PARALLEL_WRAPPER, null);

    assertThatThrownBy(() -> new RoundTraining(spec, settings, 2, null).plan())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("dl4j-parallel-wrapper updates with AdamW only")
        .hasMessageContaining("this training uses None: set training.strategy = all-reduce");
  }
}
