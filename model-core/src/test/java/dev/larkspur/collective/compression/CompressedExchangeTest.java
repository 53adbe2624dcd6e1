package dev.larkspur.collective.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.collective.BucketedExchange;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.GradientExchange;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.collective.compression.CompressedExchange.Vectors;
import dev.larkspur.collective.compression.ThresholdRule.Algorithm;
import dev.larkspur.collective.compression.ThresholdRule.Sparsity;
import dev.larkspur.tensor.HeapVector;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressedExchangeTest {
  private static final int LENGTH = 1003;

  /** Does not divide the length. */
  private static final int CHUNK = 250;

  private static final int STEPS = 6;
  private static final float THRESHOLD = 5;

  /** One worker's vectors and exchange. */
  private static final class Worker {
    private final Collective peers;
    private final float[] gradient = new float[LENGTH];
    private final float[] residual = new float[LENGTH];
    private final CompressedExchange exchange;

    Worker(Collective peers, double threshold, double most) {
      this.peers = peers;
      HeapVector sum = new HeapVector(gradient);
      this.exchange =
          new CompressedExchange(
              peers,
              new Vectors(sum, new HeapVector(residual)),
              new PlainCodec(),
              new ThresholdRule(Algorithm.ADAPTIVE, threshold, new Sparsity(0, most, 0.1, 0.5)),
              new BucketedExchange(peers, sum, WireDtype.FP32, 1000),
              CHUNK);
    }

    /** The sum of a step. */
    float[] step(int step) {
      System.arraycopy(own(peers.rank(), step), 0, gradient, 0, LENGTH);
      exchange.complete(LENGTH / 2);
      exchange.finish();
      return gradient.clone();
    }

    /** As a training that resumes does, whose residual was a file. */
    void resume(Worker from) {
      exchange.state().get("residual").write(0, FloatBuffer.wrap(from.residual));
      exchange.restore(from.exchange.scalars());
    }

    private static float[] own(int rank, int step) {
      Random random = new Random(100L * rank + step);
      float[] values = new float[LENGTH];
      for (int i = 0; i < LENGTH; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return values;
    }
  }

  private static List<float[]> steps(Worker worker, int from, int to) {
    List<float[]> sums = new ArrayList<>();
    for (int step = from; step < to; step++) {
      sums.add(worker.step(step));
    }
    return sums;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyRankHasTheSameBitsAndNothingIsLost(int workers) throws Exception {
    List<List<float[]>> sums = new ArrayList<>();
    double[] sent = new double[LENGTH];
    double[] kept = new double[LENGTH];
    for (Worker worker :
        InMemoryGroup.run(
            workers,
            peers -> {
              Worker own = new Worker(peers, THRESHOLD, 1);
              List<float[]> all = steps(own, 0, STEPS);
              synchronized (sums) {
                sums.add(all);
              }
              return own;
            })) {
      assertThat(worker.exchange.scalars()).containsEntry("dense", 0.0);
      for (int i = 0; i < LENGTH; i++) {
        kept[i] += worker.residual[i];
      }
    }
    assertThat(sums)
        .allSatisfy(all -> assertThat(all).usingRecursiveComparison().isEqualTo(sums.get(0)));
    for (float[] sum : sums.get(0)) {
      for (int i = 0; i < LENGTH; i++) {
        assertThat(sum[i] % THRESHOLD).isZero();
        sent[i] += sum[i];
      }
    }
    for (int i = 0; i < LENGTH; i++) {
      double gradients = 0;
      for (int rank = 0; rank < workers; rank++) {
        for (int step = 0; step < STEPS; step++) {
          gradients += Worker.own(rank, step)[i];
        }
      }
      assertThat(sent[i] + kept[i]).isCloseTo(gradients, within(1e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aTrainingThatResumesExchangesTheSameBits(int workers) throws Exception {
    InMemoryGroup.run(
        workers,
        peers -> {
          // The threshold changes, so that it matters as well.
          Worker whole = new Worker(peers, 1.9, 0.03);
          List<float[]> expected = steps(whole, 0, STEPS);
          Worker first = new Worker(peers, 1.9, 0.03);
          steps(first, 0, STEPS / 2);
          Worker second = new Worker(peers, 1.9, 0.03);
          second.resume(first);
          assertThat(second.exchange.scalars()).isEqualTo(first.exchange.scalars());
          assertThat(steps(second, STEPS / 2, STEPS))
              .usingRecursiveComparison()
              .isEqualTo(expected.subList(STEPS / 2, STEPS));
          assertThat(second.residual).isEqualTo(whole.residual);
          assertThat(whole.exchange.scalars().get("threshold")).isGreaterThan(1.9);
          return null;
        });
  }

  @Test
  void aStepOfManyLargeValuesIsExactAndLeavesNoResidual() throws Exception {
    InMemoryGroup.run(
        2,
        peers -> {
          Worker worker = new Worker(peers, 0.5, 1e-2);
          float[] sum = worker.step(0);
          for (int i = 0; i < LENGTH; i++) {
            float exact = Worker.own(0, 0)[i] + Worker.own(1, 0)[i];
            assertThat(sum[i]).isCloseTo(exact, within(1e-6f));
          }
          assertThat(worker.residual).containsOnly(0);
          assertThat(worker.exchange.scalars())
              .containsEntry("dense", 1.0)
              .containsEntry("threshold", 0.5);
          // 0.5, 1, 2 and 4: the last is sparse.
          steps(worker, 1, 4);
          assertThat(worker.exchange.scalars()).containsEntry("dense", 0.0);
          return null;
        });
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void everyRankSeesAGradientThatIsNotFiniteAndKeepsItsResidual(float bad) throws Exception {
    InMemoryGroup.run(
        2,
        peers -> {
          Worker worker = new Worker(peers, THRESHOLD, 1);
          worker.step(0);
          float[] residual = worker.residual.clone();
          Map<String, Double> scalars = worker.exchange.scalars();
          worker.gradient[LENGTH - 1] = peers.rank() == 1 ? bad : 1;
          worker.exchange.finish();
          assertThat(Float.compare(worker.gradient[LENGTH - 1], bad)).isZero();
          assertThat(worker.residual).isEqualTo(residual);
          assertThat(worker.exchange.scalars()).isEqualTo(scalars);
          return null;
        });
  }

  @Test
  void aStepWithoutAnyLargeValueIsZero() {
    Worker worker = new Worker(new SingleWorker(), 1e6, 1);
    assertThat(worker.step(0)).containsOnly(0);
    assertThat(worker.residual).isEqualTo(Worker.own(0, 0));
  }

  @Test
  void anExchangeWithoutMemoryHasNoNumbers() {
    GradientExchange exchange =
        new BucketedExchange(new SingleWorker(), new HeapVector(1, 2), WireDtype.FP32, 8);
    exchange.restore(Map.of("threshold", 1.0));
    assertThat(exchange.scalars()).isEmpty();
  }
}
