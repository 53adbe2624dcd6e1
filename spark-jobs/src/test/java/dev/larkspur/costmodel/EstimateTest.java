package dev.larkspur.costmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.costmodel.Estimate.Choice;
import org.junit.jupiter.api.Test;

class EstimateTest {
  private static final Workload WORKLOAD = Trainings.paper("xl-low-rank-32", 1024, 24_319);
  private static final Choice CHOICE = new Choice(1, false, WireDtype.FP32, 256 << 20);

  @Test
  void moreGpusAreFasterAndLessEfficient() {
    double seconds = Double.POSITIVE_INFINITY;
    double efficiency = 1;
    for (int gpus : new int[] {1, 8, 64, 256}) {
      Estimate estimate = of(Trainings.a100(gpus));
      assertThat(estimate.seconds()).isLessThan(seconds);
      assertThat(estimate.efficiency(WORKLOAD.steps())).isPositive().isLessThan(efficiency);
      seconds = estimate.seconds();
      efficiency = estimate.efficiency(WORKLOAD.steps());
    }
    assertThat(of(Trainings.a100(1024)).efficiency(WORKLOAD.steps())).isLessThan(efficiency);
  }

  @Test
  void timeIsStepsAndStallsAndWhatFailuresLose() {
    Estimate estimate = of(Trainings.a100(64));

    double undisturbed =
        WORKLOAD.steps()
            * (estimate.step().total()
                + estimate.checkpoint().stall() / estimate.checkpoint().every());
    assertThat(estimate.seconds()).isCloseTo(undisturbed + estimate.lost(), within(1e-3));
    // 8.9 GB, a 64th for each of 8 GPUs of a host at 1 GB/s, and all but its own from the others,
    // at
    // 80 % of 50 GB/s and 5 µs for each of 63 hops.
    double reading =
        WORKLOAD.checkpointBytes() / 64 * 8 / 1e9
            + WORKLOAD.checkpointBytes() * 63 / 64 / (0.8 * 50e9)
            + 63 * 5e-6;
    assertThat(estimate.lostPerFailure())
        .isCloseTo(
            estimate.checkpoint().seconds() / 2 + estimate.checkpoint().write() + 180 + reading,
            within(1e-6));
  }

  @Test
  void moreFailuresTakeLongerUntilItNeverEnds() {
    double reliable = of(failing(1e9)).seconds();
    double weak = of(failing(1e6)).seconds();

    assertThat(weak).isGreaterThan(reliable);
    assertThat(of(failing(1e4)).completes()).isFalse();
    assertThat(of(failing(1e6)).completes()).isTrue();
  }

  private static Cluster failing(double gpuMtbf) {
    return new Cluster(Trainings.a100(1).gpu(), 64, 8, 50e9, 1e9, gpuMtbf, 180);
  }

  private static Estimate of(Cluster cluster) {
    return Estimate.of(WORKLOAD, cluster, Assumptions.DEFAULT, CHOICE);
  }
}
