package dev.larkspur.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.corpus.TokenOrder.Permutation;
import dev.larkspur.storage.SplitMix64;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PermutationTest {
  @Test
  void everyNumberComesOnce() {
    for (int size : new int[] {1, 2, 3, 4, 5, 16, 17, 100, 257, 4096, 10_007}) {
      int[] places = IntStream.range(0, size).map(i -> Permutation.at(i, size, 42)).toArray();
      assertThat(IntStream.of(places).sorted().toArray())
          .as("size %d", size)
          .isEqualTo(IntStream.range(0, size).toArray());
    }
  }

  @Test
  void neighboursAreScattered() {
    int size = 10_000;
    double distance =
        IntStream.range(1, size)
            .map(i -> Math.abs(Permutation.at(i, size, 5) - Permutation.at(i - 1, size, 5)))
            .average()
            .orElseThrow();
    // Of independent uniform numbers: a third.
    assertThat(distance / size).isBetween(0.32, 0.347);
    long fixed = IntStream.range(0, size).filter(i -> Permutation.at(i, size, 5) == i).count();
    assertThat(fixed).isLessThan(10);
  }

  @Test
  void everyOrderOfThreeComesUpEqually() {
    int[] counts = new int[27];
    int keys = 60_000;
    for (int key = 0; key < keys; key++) {
      int order = 0;
      for (int i = 0; i < 3; i++) {
        order = 3 * order + Permutation.at(i, 3, SplitMix64.of(key));
      }
      counts[order]++;
    }
    assertThat(IntStream.of(counts).filter(count -> count > 0).boxed())
        .hasSize(6)
        .allMatch(count -> Math.abs(count - keys / 6) < keys / 40);
  }
}
