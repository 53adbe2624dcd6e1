package dev.larkspur.costmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.Precision;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.settings.Purpose;
import dev.larkspur.settings.SettingsLoader;
import org.junit.jupiter.api.Test;

/** What model-core's own test has counted reaches the estimate. */
class WorkerMemoryTest {
  private static final ModelConfig MODEL =
      new SettingsLoader()
          .file("conf/paper/s-dense.conf")
          .load(Purpose.DESCRIBE)
          .model()
          .toConfig(1024, 32000);

  @Test
  void logitsAreThoseOfOneChunk() {
    assertThat(logits(1, Precision.FP32)).isEqualTo(4L * 1024 * (32000 + 768));
    // 2^26 / 32000 tokens at a time.
    assertThat(logits(8, Precision.FP32)).isEqualTo(4L * 2097 * (32000 + 768));
    assertThat(logits(64, Precision.FP32)).isEqualTo(logits(8, Precision.FP32));
    assertThat(logits(64, Precision.BF16)).isEqualTo(logits(8, Precision.BF16));
  }

  @Test
  void activationsGrowWithTheSequencesOfAPassAndNothingElseDoes() {
    WorkerMemory one = WorkerMemory.of(MODEL, 8, Precision.BF16, 1);
    WorkerMemory two = WorkerMemory.of(MODEL, 16, Precision.BF16, 1);

    assertThat(two.activations()).isEqualTo(2 * one.activations());
    assertThat(two.total() - one.total()).isEqualTo(one.activations());
  }

  @Test
  void aResidualIsAsLongAsTheGradient() {
    WorkerMemory exact = WorkerMemory.of(MODEL, 8, Precision.FP32, 2);

    assertThat(exact.residual()).isZero();
    assertThat(exact.withResidual().total()).isEqualTo(exact.total() + exact.gradient());
  }

  private static long logits(int microBatch, Precision precision) {
    return WorkerMemory.of(MODEL, microBatch, precision, 1).logits();
  }
}
