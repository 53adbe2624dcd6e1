package dev.larkspur.costmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.GpuType;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComputeModelTest {
  private static final double UNBOUNDED = 1e30;
  private static final Workload DENSE = Trainings.paper("xl-dense", 512, 1);
  private static final Workload LOW_RANK = Trainings.paper("xl-low-rank-32", 512, 1);

  /** The paper's count of operations: 2.10e20 and 1.29e20 for 25.5e9 tokens. */
  @Test
  void withMemoryWithoutBoundsProductsTakeTheirOperations() {
    assertThat(products(DENSE, 8, 1e12, UNBOUNDED))
        .isCloseTo(2.10e20 / 25.5e9 * 8192 / 1e12, Percentage.withPercentage(0.5));
    assertThat(products(LOW_RANK, 8, 1e12, UNBOUNDED))
        .isCloseTo(1.29e20 / 25.5e9 * 8192 / 1e12, Percentage.withPercentage(0.5));
  }

  /** A layer: qkv of 3d x d, output of d x d, and twice 4d x d; then the head of 32000 x d. */
  @Test
  void withOperationsForNothingProductsTakeTheirBytes() {
    double tokens = 1024;
    double d = 2048;
    double qkv = tokens * 4 * d + 3 * d * d;
    double output = tokens * 2 * d + d * d;
    double ffn = 2 * (tokens * 5 * d + 4 * d * d);
    double head = tokens * (d + 32000) + 32000 * d;
    double bytes = 3 * 2 * (24 * (qkv + output + ffn) + head);

    assertThat(products(DENSE, 1, UNBOUNDED, 1e9))
        .isCloseTo(bytes / 1e9, Percentage.withPercentage(1e-6));
  }

  /** Each pass reads the weights anew, and the factors' intermediate values are extra bytes. */
  @Test
  void smallPassesAndThinFactorsAreFurtherFromThePeak() {
    double bandwidth = 5e11;

    assertThat(shareOfPeak(LOW_RANK, 1, bandwidth))
        .isLessThan(shareOfPeak(LOW_RANK, 16, bandwidth));
    assertThat(shareOfPeak(LOW_RANK, 16, bandwidth)).isLessThan(shareOfPeak(DENSE, 16, bandwidth));
    assertThat(shareOfPeak(DENSE, 16, bandwidth)).isLessThanOrEqualTo(1);
  }

  private static double shareOfPeak(Workload workload, int sequences, double bandwidth) {
    return products(workload, sequences, 312e12, UNBOUNDED)
        / products(workload, sequences, 312e12, bandwidth);
  }

  /**
   * The paper's hours of size xl for 25.5e9 tokens, which are read as those of one A100. The first
   * and the last row fixed the product share and the accesses; the one between checks them.
   */
  @ParameterizedTest
  @CsvSource({"xl-dense, 352.2", "xl-low-rank-63, 302.2", "xl-low-rank-32, 260.2"})
  void takesAsLongAsThePaperOnAnA100(String preset, double hours) {
    ComputeModel model =
        new ComputeModel(
            Trainings.paper(preset, 512, 1), Trainings.a100(1).gpu(), Assumptions.DEFAULT);

    double perToken = (model.products(8) + model.between(8)) / (8 * 1024);
    assertThat(perToken * 25.5e9 / 3600).isCloseTo(hours, Percentage.withPercentage(2));
  }

  @Test
  void whatIsBetweenProductsIsBoundByMemory() {
    ComputeModel slow = model(DENSE, 1e12, 1e12, 3);
    ComputeModel fast = model(DENSE, 1e12, 2e12, 3);

    // Per layer: q, k, v, output; 4 of the width; 2 of 4 times the width; of 2 bytes, 3 times.
    double values = 24.0 * (4 * 2048 + 4 * 2048 + 2 * 8192);
    assertThat(slow.between(1)).isCloseTo(3 * 1024 * values * 2 / 1e12, within(1e-9));
    assertThat(fast.between(1)).isCloseTo(slow.between(1) / 2, within(1e-9));
  }

  private static double products(Workload workload, int sequences, double flops, double bandwidth) {
    return model(workload, flops, bandwidth, 0).products(sequences);
  }

  private static ComputeModel model(
      Workload workload, double flops, double bandwidth, double accesses) {
    GpuType gpu = new GpuType("test", flops, flops, 1e12, bandwidth, 1e12);
    return new ComputeModel(
        workload, gpu, new Assumptions(Trainings.ALL, accesses, 0, 1e9, 0, 1e12));
  }
}
