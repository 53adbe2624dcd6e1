package dev.larkspur.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.scaling.GridJob.SameTraining;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsLoader;
import java.util.List;
import org.junit.jupiter.api.Test;

class SameTrainingTest {
  private static final String GRID =
      """
      run.dir = runs/grid
      data.corpus = runs/corpus
      model { hidden-dim = 32, layers = 2, query-heads = 2 }
      training { learning-rate = 1e-3, global-batch = 8, micro-batch = 8, steps = 7 }
      scaling {
        sizes = [{ name = a }]
        kinds = [{
          name = guided
          model.ffn { kind = low-rank, rank = 8 }
          training.self-guided.mode = fixed-step
        }]
        seeds = [1]
      }
      """;

  @Test
  void whatOnlyChangesTheSpeedMayChange() {
    assertThat(differences("training.log-every=1")).isEmpty();
    assertThat(differences("training.slots-wait=5m", "training.max-restarts=9")).isEmpty();
    assertThat(differences("training.exchange.bucket-bytes=1MiB")).isEmpty();
  }

  @Test
  void aValueThatTheGridNoLongerSetsIsADifference() {
    assertThat(differences("training.self-guided.fraction=0.25"))
        .containsExactly("training.self-guided.fraction was 0.25 and is null");
    assertThat(differences("training.learning-rate=0.5")).hasSize(1);
    assertThat(differences("training.exchange.compression=threshold"))
        .containsExactly("training.exchange.compression was \"threshold\" and is \"none\"");
  }

  /** Between a run of the grid with other settings, and the same without them. */
  private static List<String> differences(String... then) {
    SettingsLoader loader = new SettingsLoader().text("config.conf", grid().settings().toHocon());
    for (String assignment : then) {
      loader.set(assignment);
    }
    return SameTraining.differences(loader.load(Purpose.TRAIN), grid());
  }

  private static GridRun grid() {
    Settings settings = new SettingsLoader().text("grid.conf", GRID).load(Purpose.SCALING);
    return Grid.of(settings, Purpose.TRAIN, of -> of.model().toConfig(16, 512)).runs().get(0);
  }
}
