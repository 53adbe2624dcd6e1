package dev.larkspur.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
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
    Sampler sampler = Samplers.topK(temperature, 3, new SplittableRandom(1));
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
    Sampler one = Samplers.topK(1, 0, new SplittableRandom(9));
    Sampler two = Samplers.topK(1, 0, new SplittableRandom(9));
    for (int i = 0; i < 100; i++) {
      assertThat(one.sample(LOGITS)).isEqualTo(two.sample(LOGITS));
    }
  }
}
