package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.AdamW;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The optimiser step, and training as a whole. */
public abstract class UpdateContract extends EngineContract {
  private static final AdamW ADAM_W = AdamW.PAPER;

  @Test
  void adamWFollowsItsPaper() {
    ModelConfig config = TestModels.tiny(TestModels.DENSE);
    double learningRate = 0.01;
    double scale = 0.5;
    try (Replica replica = replica(config, Precision.FP32)) {
      replica.initialize(1);
      double[] p = values(replica.parameters());
      double[] m = new double[p.length];
      double[] v = new double[p.length];
      Random random = new Random(4);
      for (int step = 1; step <= 3; step++) {
        float[] gradient = new float[p.length];
        for (int i = 0; i < p.length; i++) {
          gradient[i] = (float) random.nextGaussian();
          double g = gradient[i] * scale;
          m[i] = ADAM_W.beta1() * m[i] + (1 - ADAM_W.beta1()) * g;
          v[i] = ADAM_W.beta2() * v[i] + (1 - ADAM_W.beta2()) * g * g;
          double mean = m[i] / (1 - Math.pow(ADAM_W.beta1(), step));
          double root = Math.sqrt(v[i] / (1 - Math.pow(ADAM_W.beta2(), step)));
          p[i] -= learningRate * (mean / (root + ADAM_W.epsilon()) + ADAM_W.weightDecay() * p[i]);
        }
        replica.gradient().write(0, FloatBuffer.wrap(gradient));
        replica.update(learningRate, step, scale);
      }
      assertThat(values(replica.parameters())).containsExactly(p, within(1e-6));
      assertThat(values(replica.optimizerState().vector(AdamW.FIRST_MOMENT)))
          .containsExactly(m, within(1e-6));
      assertThat(values(replica.optimizerState().vector(AdamW.SECOND_MOMENT)))
          .containsExactly(v, within(1e-6));
    }
  }

  @Test
  void microBatchesAddUpToTheirBatch() {
    ModelConfig config = TestModels.tiny(new FfnStructure.LowRank(5));
    TokenBatch whole = TestModels.randomBatch(config, 4, 9);
    TokenBatch half = new TokenBatch(2, config.context());
    double weight = 1.0 / whole.tokens();
    try (Replica replica = replica(config, Precision.FP64)) {
      replica.initialize(2);
      replica.accumulate(whole, weight);
      double[] expected = values(replica.gradient());
      replica.clearGradient();
      for (int part = 0; part < 2; part++) {
        System.arraycopy(whole.ids(), whole.offset(2 * part), half.ids(), 0, half.ids().length);
        replica.accumulate(half, weight);
      }
      assertThat(values(replica.gradient())).containsExactly(expected, within(1e-7));
    }
  }

  /** Also of parameters that get no gradient, as a guide whose weight is 0. */
  @ParameterizedTest
  @EnumSource
  void aClearedGradientIsZeroWhateverItWas(Precision precision) {
    ModelConfig config = TestModels.tiny(new FfnStructure.LowRank(5)).guided();
    TokenBatch batch = TestModels.randomBatch(config, 2, 9);
    try (Replica replica = replica(config, precision)) {
      replica.initialize(2);
      replica.accumulate(batch, 0.5);
      float[] expected = floats(replica.gradient(), 0);
      float[] notFinite = new float[expected.length];
      Arrays.fill(notFinite, Float.NaN);
      replica.gradient().write(0, FloatBuffer.wrap(notFinite));
      replica.clearGradient();
      replica.accumulate(batch, 0.5);
      assertThat(floats(replica.gradient(), 0)).isEqualTo(expected);

      replica.gradient().write(0, FloatBuffer.wrap(notFinite));
      replica.clearGradient();
      assertThat(replica.gradientNorm()).isZero();
      assertThat(floats(replica.gradient(), 0)).containsOnly(0);
    }
  }

  @Test
  void batchesOfOtherShapesFollowOneAnother() {
    ModelConfig config = TestModels.tiny(new FfnStructure.BlockShuffle(2));
    try (Replica replica = replica(config, Precision.FP64)) {
      replica.initialize(2);
      for (int[] shape : new int[][] {{1, 2}, {4, 6}, {2, 3}, {3, 6}}) {
        TokenBatch batch = new TokenBatch(shape[0], shape[1]);
        Arrays.setAll(batch.ids(), i -> (7 * i + 3) % config.vocabulary());
        replica.clearGradient();
        double loss = replica.accumulate(batch, 1);
        double[] gradient = values(replica.gradient());
        try (Replica fresh = replica(config, Precision.FP64)) {
          fresh.initialize(2);
          assertThat(fresh.accumulate(batch, 1)).isEqualTo(loss);
          assertThat(values(fresh.gradient())).containsExactly(gradient);
        }
      }
    }
  }

  @Test
  void aRepeatedBatchIsMemorized() {
    ModelConfig config = TestModels.tiny(new FfnStructure.LowRank(5));
    TokenBatch batch = TestModels.randomBatch(config, 2, 9);
    // With the same first token in both sequences, the second could not be known.
    batch.ids()[batch.offset(0)] = 1;
    batch.ids()[batch.offset(1)] = 2;
    try (Replica replica = trained(config, Precision.FP32)) {
      replica.initialize(2);
      double first = replica.loss(batch) / batch.tokens();
      train(replica, batch, 600);
      double last = replica.loss(batch) / batch.tokens();
      assertThat(first).isCloseTo(Math.log(config.vocabulary()), within(0.1));
      assertThat(last).isLessThan(0.02);
    }
  }

  private Replica trained(ModelConfig config, Precision precision) {
    AdamW noDecay = new AdamW(0.9, 0.999, AdamW.EPSILON, 0);
    return engine().replica(config, Device.cpu(1), precision, noDecay);
  }

  private static void train(Replica replica, TokenBatch batch, int steps) {
    for (int step = 1; step <= steps; step++) {
      replica.clearGradient();
      replica.accumulate(batch, 1.0 / batch.tokens());
      double norm = replica.gradientNorm();
      replica.update(3e-3, step, Math.min(1, 1 / norm));
    }
  }
}
