package dev.larkspur.costmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.larkspur.collective.WireDtype;
import dev.larkspur.costmodel.Estimate.Choice;
import dev.larkspur.costmodel.Estimate.StepTime;
import dev.larkspur.engine.GpuType;
import dev.larkspur.model.ModelSize;
import org.junit.jupiter.api.Test;

class StepModelTest {
  private static final Workload WORKLOAD = Trainings.paper("xl-low-rank-32", 1024, 1000);
  private static final long MIB = 1 << 20;
  private static final Choice CHOICE = new Choice(1, false, WireDtype.FP32, 64 * MIB);

  @Test
  void oneGpuHasNoExchange() {
    StepTime step = model(Trainings.a100(1)).step(CHOICE);

    assertThat(step.exchange()).isZero();
    assertThat(model(Trainings.a100(1)).exchange(CHOICE)).isZero();
    assertThat(step.parameters()).isZero();
    assertThat(step.largest()).isIn("matrix products", "between products");
  }

  @Test
  void partsAreTheWhole() {
    StepTime step = model(Trainings.a100(16)).step(CHOICE);

    assertThat(step.parts().values().stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(step.total(), within(1e-12));
  }

  @Test
  void computingIsDividedAmongTheGpus() {
    StepTime one = model(Trainings.a100(1)).step(CHOICE);
    StepTime many = model(Trainings.a100(1024)).step(CHOICE);

    assertThat(many.products()).isCloseTo(one.products() / 1024, within(1e-9));
    assertThat(many.input()).isCloseTo(1024 / 224e6, within(1e-12));
  }

  @Test
  void theExchangeIsHiddenUpToItsLastBucketInFp32AndNotAtAllInBf16() {
    Cluster fast = Trainings.a100(8);
    Choice large = new Choice(64, false, WireDtype.FP32, 64 * MIB);
    Choice bf16 = new Choice(64, false, WireDtype.BF16, 64 * MIB);
    double bucket = new ExchangeModel(fast, Assumptions.DEFAULT).sum(16.0 * MIB, WireDtype.FP32);

    assertThat(model(fast).step(large).exchange()).isCloseTo(bucket, within(1e-12));
    assertThat(model(fast).step(bf16).exchange()).isEqualTo(model(fast).exchange(bf16));
  }

  /** The papers' FLOPs: fixed-flop guidance takes those of the dense model, 2.10e20. */
  @Test
  void guidesTakeTheirOperationsAndTheirBytes() {
    GpuType gpu = new GpuType("test", 1e12, 1e12, 1e12, 1e30, 1e12);
    Cluster one = new Cluster(gpu, 1, 8, 1e12, 1e9, 1e9, 1);
    Workload guided = Trainings.guided("xl-low-rank-32-self-guided");
    StepTime step = new StepModel(guided, one, Trainings.ideal()).step(CHOICE);

    assertThat(guided.trainingFlops()).isCloseTo(2.10e20, withPercentage(0.5));
    assertThat(step.products() * guided.steps())
        .isCloseTo(guided.trainingFlops() / 1e12, withPercentage(0.01));
    // Guides of 2 matrices of 2048 x 8192 in 23 of 24 layers; two moments beside the parameters.
    long plain = ModelSize.of(WORKLOAD.model()).parameters();
    long guides = 2L * 2048 * 8192 * 23;
    assertThat(guided.checkpointBytes()).isEqualTo(12.0 * (plain + guides));
    // They are in 0.43 of 1.43 of the steps.
    Cluster many = Trainings.a100(8);
    double ratio =
        model(guided, many).step(CHOICE).optimizer() / model(many).step(CHOICE).optimizer();
    assertThat(ratio).isCloseTo(1 + 0.43 / 1.43 * guides / plain, within(1e-3));
  }

  @Test
  void aSlowNetworkShows() {
    double previous = 0;
    for (double network : new double[] {50e9, 12.5e9, 1.25e9}) {
      Cluster cluster = new Cluster(Trainings.a100(1).gpu(), 64, 8, network, 1e9, 1e9, 1);
      double exchange = model(cluster).step(CHOICE).exchange();
      assertThat(exchange).isGreaterThan(previous);
      previous = exchange;
    }
  }

  @Test
  void aShardedOptimizerUpdatesLessAndSendsMore() {
    StepTime whole = model(Trainings.a100(16)).step(CHOICE);
    StepTime shard = model(Trainings.a100(16)).step(new Choice(1, true, WireDtype.FP32, 64 * MIB));

    assertThat(shard.optimizer()).isLessThan(whole.optimizer() / 2);
    assertThat(shard.parameters()).isPositive();
    assertThat(whole.parameters()).isZero();
  }

  private static StepModel model(Workload workload, Cluster cluster) {
    return new StepModel(workload, cluster, Assumptions.DEFAULT);
  }

  private static StepModel model(Cluster cluster) {
    return new StepModel(WORKLOAD, cluster, Assumptions.DEFAULT);
  }
}
