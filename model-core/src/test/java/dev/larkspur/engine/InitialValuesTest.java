package dev.larkspur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.HeapVector;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class InitialValuesTest {
  private static final int HIDDEN = 32;
  private static final int INNER = 128;

  @Test
  void bitsAreThoseOfAnyNumberOfThreads() {
    ParameterTable table = table(1_000, new FfnStructure.LowRank(8));
    assertThat(valuesOn(1, table)).isEqualTo(valuesOn(4, table));
  }

  private static float[] valuesOn(int threads, ParameterTable table) {
    // Parallel streams use the pool that they are started in.
    ForkJoinPool pool = new ForkJoinPool(threads);
    try {
      return pool.submit(() -> values(table, 3)).join();
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void valuesOfAParameterDoNotDependOnTheOthers() {
    ParameterTable small = table(100, new FfnStructure.LowRank(8));
    ParameterTable large = table(200, new FfnStructure.LowRank(8));
    float[] expected = values(small, 3);
    float[] actual = values(large, 3);
    List<String> shared = List.of("layers.0.attention.qkv.weight", "layers.1.ffn.up.u.weight");
    for (Parameter parameter : small.parameters()) {
      if (shared.contains(parameter.name())) {
        int from = (int) parameter.offset();
        int to = (int) large.parameter(parameter.name()).offset();
        for (int i = 0; i < parameter.size(); i++) {
          assertThat(actual[to + i]).isEqualTo(expected[from + i]);
        }
      }
    }
  }

  /** W = U V of full rank is a Gaussian matrix: N(0, std), independent elements. */
  @Test
  void productOfFactorsOfFullRankIsAGaussianMatrix() {
    ParameterTable table = table(100, new FfnStructure.LowRank(HIDDEN));
    int seeds = 40;
    double squares = 0;
    double fourths = 0;
    double neighbours = 0;
    for (int seed = 0; seed < seeds; seed++) {
      float[] values = values(table, seed);
      int u = (int) table.parameter("layers.1.ffn.up.u.weight").offset();
      int v = (int) table.parameter("layers.1.ffn.up.v.weight").offset();
      double before = 0;
      for (int i = 0; i < INNER * HIDDEN; i++) {
        double w = 0;
        for (int k = 0; k < HIDDEN; k++) {
          w += values[u + i / HIDDEN * HIDDEN + k] * values[v + k * HIDDEN + i % HIDDEN] / 0.02;
        }
        squares += w * w;
        fourths += w * w * w * w;
        neighbours += w * before;
        before = w;
      }
    }
    double count = (double) seeds * INNER * HIDDEN;
    double error = 5 / Math.sqrt(count);
    assertThat(squares / count).isCloseTo(1, within(Math.sqrt(2) * error));
    assertThat(fourths / count).isCloseTo(3, within(Math.sqrt(96) * error));
    assertThat(neighbours / count).isCloseTo(0, within(error));
  }

  private static ParameterTable table(int vocabulary, FfnStructure structure) {
    return ParameterTable.of(
        ModelConfig.paper(
            vocabulary,
            8,
            HIDDEN,
            2,
            new AttentionConfig(HIDDEN, 4, 4),
            FfnConfig.paper(INNER, structure)));
  }

  private static float[] values(ParameterTable table, long seed) {
    HeapVector vector = new HeapVector(table.length());
    new InitialValues(0.02, seed, InitialValuesTest::orthonormalize).fill(table, vector);
    float[] values = new float[(int) table.length()];
    vector.read(0, FloatBuffer.wrap(values));
    return values;
  }

  /** Gram and Schmidt's, twice. */
  private static void orthonormalize(float[] matrix, int rows, int columns) {
    boolean tall = rows > columns;
    double[][] vectors = new double[Math.min(rows, columns)][Math.max(rows, columns)];
    for (int i = 0; i < matrix.length; i++) {
      vectors[tall ? i % columns : i / columns][tall ? i / columns : i % columns] = matrix[i];
    }
    for (int a = 0; a < vectors.length; a++) {
      for (int b = 0; b < 2 * a; b++) {
        subtract(vectors[a], vectors[b % a], dot(vectors[a], vectors[b % a]));
      }
      double length = Math.sqrt(dot(vectors[a], vectors[a]));
      subtract(vectors[a], vectors[a].clone(), 1 - 1 / length);
    }
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] =
          (float) vectors[tall ? i % columns : i / columns][tall ? i / columns : i % columns];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void subtract(double[] from, double[] what, double times) {
    for (int i = 0; i < from.length; i++) {
      from[i] -= times * what[i];
    }
  }
}
