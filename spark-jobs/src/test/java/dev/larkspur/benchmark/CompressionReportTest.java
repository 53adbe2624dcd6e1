package dev.larkspur.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.benchmark.CompressionReport.StepTime;
import dev.larkspur.benchmark.CompressionReport.Trained;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompressionReportTest {
  private static final Trained TRAINED = new Trained(2, 1000);

  /** A report of bandwidths 10, 20, … with these speedups. */
  private static CompressionReport report(double... speedups) {
    List<StepTime> times = new ArrayList<>();
    for (double speedup : speedups) {
      times.add(
          new StepTime(
              10.0 * (times.size() + 1), new Seconds(List.of(speedup)), new Seconds(List.of(1.0))));
    }
    return new CompressionReport(1, TRAINED, TRAINED, 1.39, 1e-3, times);
  }

  @Test
  void isFasterUpToTheBandwidthBelowWhichItAlwaysIs() {
    assertThat(report(3, 2, 0.9).fasterUpTo()).hasValue(20);
    assertThat(report(3, 2, 1.1).fasterUpTo()).hasValue(30);
    // A single fast measurement above a slow one is chance.
    assertThat(report(3, 0.9, 1.1).fasterUpTo()).hasValue(10);
    assertThat(report(0.9, 1.1).fasterUpTo()).isEmpty();
  }
}
