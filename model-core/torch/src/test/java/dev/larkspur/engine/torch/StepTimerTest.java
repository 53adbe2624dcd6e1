package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.GemmWorkload;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.StepPart;
import dev.larkspur.engine.StepTimer;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both steps on LibTorch report their parts in the order in which they run. */
class StepTimerTest {
  @ParameterizedTest
  @CsvSource({"torch, FP32", "torch, BF16", "torch-plain, FP32", "torch-plain, BF16"})
  void everyPartEndsInItsOrder(String engine, Precision precision) {
    ModelConfig config = TestModels.tiny(TestModels.DENSE);
    TokenBatch batch = TestModels.randomBatch(config, 2, 1);
    List<StepPart> ended = new ArrayList<>();
    try (Replica replica =
        Engines.named(engine).replica(config, Device.cpu(1), precision, AdamW.PAPER)) {
      replica.initialize(1);
      replica.timer(ended::add);
      step(replica, batch);
      // Some parts end once a layer, the head twice if its backward pass is separate.
      assertThat(ended.stream().distinct().sorted().toList()).containsExactly(StepPart.values());
      assertThat(Collections.frequency(ended, StepPart.ATTENTION)).isEqualTo(config.layers());
      for (StepPart part : List.of(StepPart.FFN_BACKWARD, StepPart.ATTENTION_BACKWARD)) {
        assertThat(Collections.frequency(ended, part)).isEqualTo(config.layers());
      }
      assertThat(ended.lastIndexOf(StepPart.FFN)).isLessThan(ended.indexOf(StepPart.HEAD));
      assertThat(ended.lastIndexOf(StepPart.HEAD)).isLessThan(ended.indexOf(StepPart.FFN_BACKWARD));
      assertThat(ended)
          .endsWith(
              StepPart.FFN_BACKWARD,
              StepPart.ATTENTION_BACKWARD,
              StepPart.EMBEDDING_BACKWARD,
              StepPart.GRADIENT_NORM,
              StepPart.OPTIMIZER);

      ended.clear();
      replica.timer(StepTimer.NONE);
      step(replica, batch);
      assertThat(ended).isEmpty();
    }
  }

  private static void step(Replica replica, TokenBatch batch) {
    replica.clearGradient();
    replica.accumulate(batch, 1);
    replica.update(1e-3, 1, 1 / replica.gradientNorm());
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "torch-plain"})
  void aProductRunsInEveryPrecision(String engine) {
    GemmWorkload.Shape shape = new GemmWorkload.Shape(3, 5, 7);
    assertThat(shape.flops()).isEqualTo(2 * 3 * 5 * 7);
    for (Precision precision : Precision.values()) {
      try (GemmWorkload gemm =
          Engines.named(engine).gemmWorkload(shape, Device.cpu(1), precision)) {
        gemm.run();
        gemm.run();
      }
    }
  }
}
