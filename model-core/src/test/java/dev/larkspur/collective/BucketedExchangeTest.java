package dev.larkspur.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.collective.GradientProgress.Matrix;
import dev.larkspur.collective.compression.InMemoryGroup;
import dev.larkspur.tensor.HeapVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketedExchangeTest {
  private static final Matrix EMBEDDING = new Matrix(30, 3);
  private static final int LENGTH = 100;
  private static final int LATE = 20;
  private static final long BUCKET_BYTES = 7 * Float.BYTES;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void rowsThatFollowAreAddedOnEveryWorker(int workers) throws Exception {
    List<float[]> sums = InMemoryGroup.run(workers, BucketedExchangeTest::threeSteps);

    double[] expected = new double[LENGTH];
    for (int rank = 0; rank < workers; rank++) {
      addGradient(rank, 2, expected);
    }
    assertThat(sums).allSatisfy(sum -> assertThat(sum).isEqualTo(sums.get(0)));
    for (int i = 0; i < LENGTH; i++) {
      assertThat((double) sums.get(0)[i]).as("element %d", i).isCloseTo(expected[i], within(1e-5));
    }
  }

  /** The second step completes the matrix at once, and the third in two parts again. */
  private static float[] threeSteps(Collective peers) {
    HeapVector gradient = new HeapVector(LENGTH);
    BucketedExchange exchange =
        new BucketedExchange(peers, gradient, WireDtype.FP32, BUCKET_BYTES, EMBEDDING.length());
    for (int step = 0; step < 3; step++) {
      Random random = random(peers.rank(), step);
      System.arraycopy(floats(random, LENGTH), 0, gradient.values(), 0, LENGTH);
      boolean early = step != 1;
      if (early) {
        assertThat(exchange.completeBut(LATE, EMBEDDING)).isTrue();
      }
      exchange.complete(95);
      exchange.complete(EMBEDDING.length());
      if (early) {
        exchange.add(rows(random), new HeapVector(floats(random, LATE * EMBEDDING.width())));
      }
      exchange.finish();
    }
    return gradient.values();
  }

  private static void addGradient(int rank, int step, double[] sum) {
    Random random = random(rank, step);
    float[] gradient = floats(random, LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      sum[i] += gradient[i];
    }
    int[] rows = rows(random);
    float[] values = floats(random, LATE * EMBEDDING.width());
    for (int i = 0; i < values.length; i++) {
      sum[rows[i / EMBEDDING.width()] * EMBEDDING.width() + i % EMBEDDING.width()] += values[i];
    }
  }

  private static Random random(int rank, int step) {
    return new Random(100L * step + rank);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  /** Of few rows some often, so that workers have rows in common, and one worker one twice. */
  private static int[] rows(Random random) {
    return random.ints(LATE, 0, 15).toArray();
  }

  @Test
  void theWholeMatrixIsSummedWhereThatTakesFewerValues() throws Exception {
    List<List<Boolean>> accepted =
        InMemoryGroup.run(
            3,
            peers -> {
              List<Boolean> each = new ArrayList<>();
              for (int late : new int[] {20, 21}) {
                each.add(
                    new BucketedExchange(
                            peers,
                            new HeapVector(LENGTH),
                            WireDtype.FP32,
                            BUCKET_BYTES,
                            EMBEDDING.length())
                        .completeBut(late, EMBEDDING));
              }
              return each;
            });
    assertThat(accepted).allSatisfy(each -> assertThat(each).containsExactly(true, false));
    assertThat(
            new BucketedExchange(
                    new SingleWorker(),
                    new HeapVector(LENGTH),
                    WireDtype.FP32,
                    BUCKET_BYTES,
                    EMBEDDING.length())
                .completeBut(1, EMBEDDING))
        .isFalse();
  }
}
