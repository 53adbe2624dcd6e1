package dev.larkspur.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.model.FfnStructure.LowRank;
import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.Settings;
import dev.larkspur.settings.SettingsException;
import dev.larkspur.settings.SettingsLoader;
import dev.larkspur.settings.TrainingLength;
import java.util.List;
import org.junit.jupiter.api.Test;

class GridTest {
  private static final String SMALL =
      """
      run.dir = runs/grid
      data.corpus = runs/corpus
      training { global-batch = 8, micro-batch = 8, steps = 7 }
      scaling {
        sizes = [
          { name = a, model { hidden-dim = 32, layers = 2, query-heads = 2 }, training.learning-rate = 1e-3 }
          { name = b, model { hidden-dim = 64, layers = 2, query-heads = 2 }, training.learning-rate = 2e-3 }
        ]
        kinds = [
          { name = dense, model.ffn.kind = dense }
          { name = low, label = "LowRank", model.ffn { kind = low-rank, rank-fraction = 0.25 } }
        ]
        seeds = [1, -2]
      }
      """;

  @Test
  void combinesSizesKindsAndSeeds() {
    Grid grid = grid("scaling.tokens-per-parameter=20");

    assertThat(grid.runs())
        .extracting(GridRun::name)
        .containsExactly(
            "a-dense-1",
            "a-dense--2",
            "a-low-1",
            "a-low--2",
            "b-dense-1",
            "b-dense--2",
            "b-low-1",
            "b-low--2");
    GridRun run = grid.runs().get(7);
    assertThat(run.settings().run().dir()).isEqualTo("runs/grid/b-low--2");
    assertThat(run.settings().run().seed()).isEqualTo(-2);
    assertThat(run.settings().training().optimization().learningRates().learningRate())
        .hasValue(2e-3);
    assertThat(run.model().ffn().structure()).isEqualTo(new LowRank(16));
    assertThat(run.kind().label()).isEqualTo("LowRank");
    // The grid's own settings are no part of a training's.
    assertThat(run.settings().scaling().sizes()).isEmpty();
  }

  @Test
  void allKindsOfASizeSeeTheTokensOfTheFirst() {
    Grid grid = grid("scaling.tokens-per-parameter=20");
    // 512·32 + 2·(12·32² + 13·32) + 2·32 parameters, 20 tokens each.
    long tokens = 20L * (512 * 32 + 2 * (12 * 1024 + 13 * 32) + 64);

    for (GridRun run : grid.runs().subList(0, 4)) {
      assertThat(((TrainingLength.Tokens) run.settings().training().length()).count())
          .isEqualTo(tokens);
      assertThat(run.tokens()).isBetween(tokens, tokens + 8 * 16);
    }
  }

  @Test
  void orTakeItsOperations() {
    List<GridRun> runs = grid("scaling.tokens-per-parameter=20", "scaling.equal=flops").runs();

    assertThat(runs.get(2).tokens()).isGreaterThan(runs.get(0).tokens());
    assertThat(runs.get(2).flops() / runs.get(0).flops()).isCloseTo(1, within(2e-3));
    assertThat(runs.get(6).flops() / runs.get(4).flops()).isCloseTo(1, within(1e-3));
  }

  @Test
  void guidesAndRepeatedTokensCount() {
    Settings settings =
        new SettingsLoader().file("conf/paper/seeds-laptop.conf").load(Purpose.SCALING);
    List<GridRun> runs =
        Grid.of(settings, Purpose.TRAIN, of -> of.model().toConfig(128, 1024)).runs();
    GridRun dense = runs.get(0);
    GridRun guided = runs.get(6);

    assertThat(guided.name()).isEqualTo("d48-low-rank-32-self-guided-1005");
    assertThat(guided.flops() / dense.flops()).isCloseTo(1, within(2e-3));
    // The fraction is chosen so that as many fresh tokens are seen as by the dense model.
    double fresh = guided.settings().training().freshSteps(128);
    assertThat(fresh / dense.steps()).isCloseTo(1, within(0.02));
    assertThat(guided.steps() / fresh).isCloseTo(1.16, within(0.01));
  }

  @Test
  void aFirstKindThatRepeatsTokensIsAskedForItsStepsOnce() {
    GridRun run =
        grid(
                "training.self-guided.mode=fixed-flop",
                "training.self-guided.fraction=0.5",
                "scaling.kinds=[{ name = guided, model.ffn { kind = low-rank, rank = 8 } }]")
            .runs()
            .get(0);

    assertThat(run.settings().training().freshSteps(16)).isEqualTo(7);
    assertThat(run.steps()).isEqualTo(7 + 4);
  }

  @Test
  void withoutTokensForAParameterTheSizesSayHowLong() {
    assertThat(grid().runs()).allSatisfy(run -> assertThat(run.steps()).isEqualTo(7));
  }

  @Test
  void whatDoesNotFitIsRefusedAllAtOnceWithItsPlace() {
    assertThatThrownBy(
            () ->
                grid(
                    "scaling.kinds=[{ name = dense }, { name = high, model.ffn { kind = low-rank,"
                        + " rank = 48 } }, { name = none, model.fnn.kind = dense }]"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("rank of 48, above the smaller side of the 32 x 128 matrices")
        .hasMessageContaining("model.fnn")
        .hasMessageContaining("did you mean model.ffn?");
  }

  @Test
  void thePapersGridIsThePapers() {
    Settings settings =
        new SettingsLoader().file("conf/paper/scaling.conf").load(Purpose.PLAN_SCALING);
    List<GridRun> runs = Grid.of(settings, Purpose.DESCRIBE, GridTest::model).runs();

    assertThat(runs).hasSize(12);
    // Tables of section 3: s dense and xl LowRank 32 %; tokens are rounded up to whole steps.
    assertThat(runs.get(0).flops()).isCloseTo(1.69e18, within(0.01e18));
    assertThat(runs.get(11).flops()).isCloseTo(1.29e20, within(0.01e20));
  }

  @Test
  void theLaptopsGridsAreComplete() {
    for (String name : List.of("scaling-laptop", "seeds-laptop")) {
      Settings settings =
          new SettingsLoader().file("conf/paper/" + name + ".conf").load(Purpose.SCALING);
      Grid grid =
          Grid.of(
              settings,
              Purpose.TRAIN,
              of -> of.model().toConfig(of.data().context(), of.tokenizer().vocabulary()));

      assertThat(grid.runs().stream().mapToDouble(GridRun::flops).sum()).isBetween(1e13, 1e14);
      assertThat(grid.runs())
          .allSatisfy(run -> assertThat(run.settings().training().divideAmong(2)).isTrue());
    }
  }

  private static Grid grid(String... assignments) {
    SettingsLoader loader = new SettingsLoader().text("grid.conf", SMALL);
    for (String assignment : assignments) {
      loader.set(assignment);
    }
    return Grid.of(loader.load(Purpose.SCALING), Purpose.TRAIN, of -> of.model().toConfig(16, 512));
  }

  private static dev.larkspur.model.ModelConfig model(Settings settings) {
    return settings.model().toConfig(1024, 32000);
  }
}
