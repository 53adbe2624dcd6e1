package dev.larkspur.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.generate.Samplers.Sampler;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SamplersTest {
  private static final float[] LOGITS = {1f, 3f, 2f, -5f};

  @Test
  void greedyTakesTheLikeliest() {
    assertThat(Samplers.greedy(LOGITS)).isEqualTo(1);
  }

  @Test
  void frequenciesFollowTheSoftmaxOfTheLikeliest() {
    double temperature = 0.7;
    Sampler sampler = Samplers.drawn(temperature, 3, 1, new SplittableRandom(1));
    int draws = 100_000;
    int[] counts = new int[LOGITS.length];
    for (int i = 0; i < draws; i++) {
      counts[sampler.sample(LOGITS)]++;
    }
    double total =
        Math.exp(1 / temperature) + Math.exp(3 / temperature) + Math.exp(2 / temperature);
    for (int id = 0; id < 3; id++) {
      double expected = Math.exp(LOGITS[id] / temperature) / total;
      assertThat((double) counts[id] / draws).isCloseTo(expected, within(0.01));
    }
    assertThat(counts[3]).isZero();
  }

  @Test
  void theSameSeedDrawsTheSame() {
    Sampler one = Samplers.drawn(1, 0, 1, new SplittableRandom(9));
    Sampler two = Samplers.drawn(1, 0, 1, new SplittableRandom(9));
    for (int i = 0; i < 100; i++) {
      assertThat(one.sample(LOGITS)).isEqualTo(two.sample(LOGITS));
    }
  }

  @Test
  void aNucleusIsTheFewestLikeliestThatReachTheShare() {
    // Probabilities 0.5, 0.3, 0.15, 0.05.
    float[] logits = {
      (float) Math.log(0.15), (float) Math.log(0.5), (float) Math.log(0.05), (float) Math.log(0.3)
    };
    assertThat(drawnOf(logits, 0, 0.4)).containsExactly(1);
    assertThat(drawnOf(logits, 0, 0.6)).containsExactly(1, 3);
    assertThat(drawnOf(logits, 0, 0.9)).containsExactly(0, 1, 3);
    assertThat(drawnOf(logits, 0, 0.97)).containsExactly(0, 1, 2, 3);
    // Of the two likeliest, the first has 0.625.
    assertThat(drawnOf(logits, 2, 0.6)).containsExactly(1);
    assertThat(drawnOf(logits, 2, 0.7)).containsExactly(1, 3);
  }

  @Test
  void theLikeliestAreFoundWhereverTheyStand() {
    SplittableRandom random = new SplittableRandom(5);
    float[] logits = new float[1000];
    for (int id = 0; id < logits.length; id++) {
      logits[id] = (float) random.nextDouble();
    }
    float[] sorted = logits.clone();
    Arrays.sort(sorted);
    SortedSet<Integer> expected = new TreeSet<>();
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] >= sorted[logits.length - 7]) {
        expected.add(id);
      }
    }
    assertThat(drawnOf(logits, 7, 1)).isEqualTo(expected);
  }

  private static SortedSet<Integer> drawnOf(float[] logits, int topK, double topP) {
    Sampler sampler = Samplers.drawn(1, topK, topP, new SplittableRandom(2));
    SortedSet<Integer> drawn = new TreeSet<>();
    for (int i = 0; i < 2000; i++) {
      drawn.add(sampler.sample(logits));
    }
    return drawn;
  }
}
