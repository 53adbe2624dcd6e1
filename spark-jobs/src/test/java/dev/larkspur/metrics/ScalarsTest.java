package dev.larkspur.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ScalarsTest {
  private final Scalars scalars = new Scalars();

  /** A record that only a new command logs. */
  record TaskAccuracy(long step, Map<String, Double> accuracy, int items, String name) {}

  @Test
  void anyRecordOfNumbersHasNames() {
    assertThat(
            scalars.take(5, new TaskAccuracy(5, Map.of("sciq", 0.75, "piqa", 0.5), 100, "first")))
        .containsOnly(
            Map.entry("accuracy/sciq", 0.75),
            Map.entry("accuracy/piqa", 0.5),
            Map.entry("items", 100.0));
  }

  @Test
  void numbersThatAreNotFiniteAreLeftOut() {
    assertThat(scalars.take(5, new ValidationMetrics(5, 500, Double.NaN, Double.NaN, 1)))
        .containsOnlyKeys("tokens", "seconds");
  }

  @Test
  void aNumberThatTwoLinesOfAStepHaveIsTakenOnce() {
    scalars.take(5, new ReplicaMetrics(5, 0.1, 0.2));
    assertThat(scalars.take(5, new ReplicaMetrics(5, 0.1, 0.2))).isEmpty();
    scalars.logged("replicaDistance", 6);
    assertThat(scalars.take(6, new ReplicaMetrics(6, 0.1, 0.2)))
        .containsOnlyKeys("parameterChange");
    assertThat(scalars.take(7, new ReplicaMetrics(7, 0.1, 0.2))).hasSize(2);
  }
}
