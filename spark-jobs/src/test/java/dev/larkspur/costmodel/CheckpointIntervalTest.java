package dev.larkspur.costmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.costmodel.Estimate.CheckpointInterval;
import dev.larkspur.engine.GpuType;
import org.junit.jupiter.api.Test;

class CheckpointIntervalTest {
  private static final Workload WORKLOAD = Trainings.paper("s-dense", 512, 100_000);
  private static final double BYTES = WORKLOAD.checkpointBytes();

  @Test
  void isTheRootOfTwiceCostTimesMtbf() {
    assertThat(CheckpointInterval.youngDaly(2, 10_000)).isEqualTo(200);
  }

  @Test
  void costsOneCopyOfEachWorkersPart() {
    // 2 GPUs at 1 GB/s each; the storage of their host takes both parts at 2 GB/s.
    CheckpointInterval interval = of(2, 2e9, 1e8, 7);

    assertThat(interval.stall()).isCloseTo(BYTES / 2 / 1e9, within(1e-9));
    assertThat(interval.write()).isCloseTo(BYTES / 2e9, within(1e-9));
    double daly = Math.sqrt(2 * interval.stall() * 1e8 / 2);
    assertThat(interval.every()).isEqualTo((long) Math.ceil(daly / 7));
    assertThat(interval.seconds()).isEqualTo(interval.every() * 7.0);
  }

  @Test
  void isNotShorterThanWritingOne() {
    // √(2 * 1.3 s * 1 s) against 1,300 s.
    assertThat(of(1, 1e6, 1, 1).every()).isEqualTo((long) Math.ceil(BYTES / 1e6));
  }

  @Test
  void isAtLeastOneStepAndAtMostTheTraining() {
    assertThat(of(1, 1e15, 1e8, 1e6).every()).isEqualTo(1);
    assertThat(of(1, 1e15, 1e18, 1).every()).isEqualTo(100_000);
  }

  private static CheckpointInterval of(int gpus, double storage, double gpuMtbf, double step) {
    Cluster cluster =
        new Cluster(GpuType.named("A100").orElseThrow(), gpus, 8, 1e9, storage, gpuMtbf, 1);
    return CheckpointInterval.of(WORKLOAD, cluster, Trainings.ideal(), step);
  }
}
