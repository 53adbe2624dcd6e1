package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoding with remembered keys and values against the pass that reads everything again. */
public abstract class DecodingContract extends EngineContract {

  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of(TestModels.tiny(TestModels.DENSE), Precision.FP32, 1e-5),
        Arguments.of(TestModels.tiny(new FfnStructure.LowRank(5)), Precision.FP32, 1e-5),
        Arguments.of(TestModels.tiny(new FfnStructure.LowRank(5)), Precision.FP64, 1e-6),
        Arguments.of(TestModels.tiny(new FfnStructure.BlockDense(2, 6)), Precision.FP32, 1e-5),
        Arguments.of(TestModels.tiny(new FfnStructure.BlockShuffle(2)), Precision.FP32, 1e-5),
        Arguments.of(TestModels.other(), Precision.FP32, 1e-5),
        Arguments.of(TestModels.other(), Precision.BF16, 3e-2),
        Arguments.of(TestModels.published(), Precision.FP32, 1e-5),
        Arguments.of(TestModels.partlyRotated(), Precision.FP32, 1e-5),
        // bfloat16 keeps 8 bits of a product's factors.
        Arguments.of(TestModels.tiny(new FfnStructure.LowRank(5)), Precision.BF16, 3e-2));
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.DecodingContract#models")
  void everyRowGetsTheLogitsOfItsOwnText(ModelConfig config, Precision precision, double error) {
    Random random = new Random(4);
    List<int[]> texts = new ArrayList<>();
    for (int length : new int[] {1, 3, 2}) {
      texts.add(random.ints(length, 0, config.vocabulary()).toArray());
    }
    try (Replica replica = randomReplica(config, precision);
        DecodingSession decoding = replica.decoding(3, config.context())) {
      float[][] logits = decoding.begin(texts);
      for (int step = 0; step < 3; step++) {
        assertLogits(replica, texts, logits, error);
        int[] next = random.ints(texts.size(), 0, config.vocabulary()).toArray();
        for (int row = 0; row < next.length; row++) {
          texts.set(row, appended(texts.get(row), next[row]));
        }
        logits = decoding.next(next);
      }
      assertLogits(replica, texts, logits, error);
      assertThat(decoding.length(1)).isEqualTo(6);
    }
  }

  @Test
  void keptRowsContinueAndAnotherBatchStartsOver() {
    ModelConfig config = TestModels.tiny(TestModels.DENSE);
    try (Replica replica = randomReplica(config, Precision.FP32);
        DecodingSession decoding = replica.decoding(3, config.context())) {
      decoding.begin(List.of(new int[] {1, 2, 3}, new int[] {4}, new int[] {5, 6}));
      decoding.keep(new int[] {0, 2});
      assertThat(decoding.rows()).isEqualTo(2);
      float[][] logits = decoding.next(new int[] {7, 8});
      assertLogits(replica, List.of(new int[] {1, 2, 3, 7}, new int[] {5, 6, 8}), logits, 1e-5);
      decoding.keep(new int[] {1});
      logits = decoding.next(new int[] {9});
      assertLogits(replica, List.of(new int[] {5, 6, 8, 9}), logits, 1e-5);

      List<int[]> others = List.of(new int[] {3}, new int[] {2, 2});
      assertLogits(replica, others, decoding.begin(others), 1e-5);
    }
  }

  @Test
  void repeatedRowsContinueTheSameTextInDifferentWays() {
    ModelConfig config = TestModels.tiny(TestModels.DENSE);
    List<int[]> texts =
        List.of(new int[] {1, 2, 3}, new int[] {4}, new int[] {5, 6}, new int[] {7, 8});
    int[][] choices = {
      {0, 1, 1, 1, 2, 2}, {0, 0, 0, 0, 0, 3}, {3, 3, 3, 3, 3, 3}, {0, 3, 3}, {1, 1, 1, 3}, {2}
    };
    try (Replica replica = randomReplica(config, Precision.FP32);
        DecodingSession decoding = replica.decoding(6, config.context())) {
      for (int[] rows : choices) {
        decoding.begin(texts);
        decoding.keep(rows);
        int[] next = new int[rows.length];
        List<int[]> continued = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
          next[i] = i + 1;
          continued.add(appended(texts.get(rows[i]), next[i]));
        }
        assertLogits(replica, continued, decoding.next(next), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.DecodingContract#models")
  void mergedFactorsGiveTheSameLogits(ModelConfig config, Precision precision, double error) {
    List<int[]> texts = List.of(new int[] {3, 1, 2}, new int[] {4});
    try (Replica replica = randomReplica(config, precision);
        DecodingSession factors = replica.decoding(2, 4, FactorMerge.NEVER);
        DecodingSession merged = replica.decoding(2, 4, FactorMerge.ALWAYS);
        DecodingSession chosen = replica.decoding(2, 4, FactorMerge.AUTO)) {
      float[][] expected = factors.begin(texts);
      assertClose(merged.begin(texts), expected, error);
      assertClose(chosen.begin(texts), expected, error);
      int[] next = {7, 8};
      expected = factors.next(next);
      assertClose(merged.next(next), expected, error);
      assertClose(chosen.next(next), expected, error);
    }
  }

  private static void assertClose(float[][] logits, float[][] expected, double error) {
    for (int row = 0; row < expected.length; row++) {
      assertThat(logits[row]).containsExactly(expected[row], within((float) error));
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    ModelConfig config = TestModels.tiny(TestModels.DENSE);
    try (Replica replica = randomReplica(config, Precision.FP32);
        DecodingSession decoding = replica.decoding(2, 4)) {
      assertThatThrownBy(() -> replica.decoding(1, config.context() + 1))
          .hasMessageContaining("the model reads 1 to 6");
      assertThatThrownBy(() -> decoding.begin(List.of(new int[5])))
          .hasMessageContaining("a prompt of 5 tokens: must have 1 to 4");
      assertThatThrownBy(() -> decoding.begin(List.of(new int[1], new int[1], new int[1])))
          .hasMessageContaining("3 prompts");
      decoding.begin(List.of(new int[4], new int[2]));
      assertThatThrownBy(() -> decoding.next(new int[1])).hasMessage("1 tokens for 2 rows");
      assertThatThrownBy(() -> decoding.next(new int[2])).hasMessageContaining("already has");
      assertThatThrownBy(() -> decoding.keep(new int[] {1, 0})).hasMessageContaining("ascending");
      assertThatThrownBy(() -> decoding.keep(new int[] {0, 0, 1}))
          .hasMessage("3 rows: must be at most 2");
    }
  }

  private static void assertLogits(
      Replica replica, List<int[]> texts, float[][] logits, double error) {
    assertThat(logits.length).isEqualTo(texts.size());
    for (int row = 0; row < logits.length; row++) {
      float[] expected = Logits.next(replica, texts.get(row));
      for (int id = 0; id < expected.length; id++) {
        assertThat((double) logits[row][id])
            .as("row %d of length %d, token %d", row, texts.get(row).length, id)
            .isCloseTo(expected[id], within(error));
      }
    }
  }

  private static int[] appended(int[] text, int token) {
    int[] longer = Arrays.copyOf(text, text.length + 1);
    longer[text.length] = token;
    return longer;
  }

  /** Values of a size that makes attention uneven and biases count. */
  private Replica randomReplica(ModelConfig config, Precision precision) {
    Replica replica = replica(config, orFp32(precision));
    float[] values = new float[Math.toIntExact(replica.table().length())];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    replica.parameters().write(0, java.nio.FloatBuffer.wrap(values));
    return replica;
  }
}
