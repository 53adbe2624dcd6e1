package dev.larkspur.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.scaling.Grid;
import dev.larkspur.scaling.Grid.GridRun;
import dev.larkspur.scaling.Results;
import dev.larkspur.scaling.RunResult;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.SettingsLoader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is reported of a grid before and while it is trained. */
class GridDisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final List<Results> found = new ArrayList<>();
  private long nanos;

  @Test
  void theRestTakesAsLongForEachOperationAsWhatIsDone() {
    Grid grid = grid();
    double flops = grid.runs().stream().mapToDouble(GridRun::flops).sum();
    GridDisplay display =
        new GridDisplay(
            new Console(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, 80),
            flops,
            () -> nanos,
            found::add);

    // Done before: it tells nothing about the speed.
    display.done(grid.runs().get(0), List.of(result("a", 3)));
    display.started(grid.runs().get(1), 2, 4);
    nanos += 100_000_000_000L;
    display.done(grid.runs().get(1), List.of(result("a", 3), result("a", 2)));
    display.started(grid.runs().get(2), 3, 4);

    double rest = grid.runs().get(2).flops() + grid.runs().get(3).flops();
    String left = Durations.text(100 * rest / grid.runs().get(1).flops());
    assertThat(said().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "  already done: a, x, seed 1: validation loss 3.0000, perplexity 20.09"),
            line ->
                assertThat(line)
                    .startsWith("[2 of 4] a, y, seed 1: 7 steps")
                    .doesNotContain("left"),
            line -> assertThat(line).startsWith("  a, x, seed 1: validation loss 2.0000"),
            line -> assertThat(line).endsWith("about " + left + " left in all"));
    assertThat(found).hasSize(2);
    assertThat(found.get(1).runs()).hasSize(2);
  }

  @Test
  void aPlanCountsAndTimes() {
    GridPlan timed = GridPlan.of(grid(), run -> 1000, run -> 128);
    GridPlan untimed = GridPlan.of(grid(), run -> 1000, run -> Double.NaN);

    // 4 trainings of 7 steps of 128 tokens.
    assertThat(timed.tokens()).isEqualTo(4 * 7 * 128);
    assertThat(timed.seconds()).isEqualTo(4 * 7);
    assertThat(timed.text())
        .contains("all: 4 trainings, 3,584 tokens", "about 28 s on this machine");
    assertThat(untimed.seconds()).isNull();
    assertThat(untimed.text()).contains("larkspur plan").doesNotContain("28 s");
  }

  private String said() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Grid grid() {
    return Grid.of(
        new SettingsLoader()
            .text(
                "grid.conf",
                """
                run.dir = grid
                training { global-batch = 8, micro-batch = 8, steps = 7, learning-rate = 1e-3 }
                model { hidden-dim = 16, layers = 1, query-heads = 2 }
                scaling {
                  sizes = [{ name = a }, { name = b, model.layers = 3 }]
                  kinds = [{ name = x }, { name = y }]
                  seeds = [1]
                }
                """)
            .load(Purpose.PLAN_SCALING),
        Purpose.DESCRIBE,
        of -> of.model().toConfig(16, 300));
  }

  private static RunResult result(String size, double loss) {
    return new RunResult(
        new RunResult.TrainedModel(size, "x", 1),
        new RunResult.Cost(1, 1, 1, 1e9),
        loss,
        Math.exp(loss),
        600,
        1,
        new RunResult.Machine("torch", "cpu", "fp32"));
  }
}
