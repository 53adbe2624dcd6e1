package dev.larkspur.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.optim.SelfGuidance.Decay;
import dev.larkspur.optim.SelfGuidance.Use;
import org.junit.jupiter.api.Test;

class SelfGuidanceTest {

  @Test
  void alphaFallsFromOneToZero() {
    SelfGuidance cosine = new SelfGuidance(Decay.COSINE, 6, Use.ALWAYS, 1);
    SelfGuidance linear = new SelfGuidance(Decay.LINEAR, 4, Use.ALWAYS, 1);

    // cos 0, 30, 60, 90, 120, 150 and 180 degrees.
    double[] alphas = {1, (2 + Math.sqrt(3)) / 4, 0.75, 0.5, 0.25, (2 - Math.sqrt(3)) / 4, 0, 0};
    for (int step = 0; step < alphas.length; step++) {
      assertThat(cosine.alpha(step)).isCloseTo(alphas[step], within(1e-12));
    }
    assertThat(linear.weights(1, 3)).containsExactly(0.75, 0.75, 0.75);
    assertThat(linear.weights(4, 2)).containsExactly(0, 0);
    assertThat(SelfGuidance.NONE.guides(0)).isFalse();
  }

  @Test
  void drawsEachLayerOfEachStepWithProbabilityAlpha() {
    int steps = 2000;
    int layers = 10;
    SelfGuidance guidance = new SelfGuidance(Decay.COSINE, steps, Use.DRAWN, 1005);
    double[] used = new double[layers];
    long both = 0;
    for (int step = 0; step < steps; step++) {
      double[] weights = guidance.weights(step, layers);
      for (int layer = 0; layer < layers; layer++) {
        assertThat(weights[layer]).isIn(0.0, guidance.alpha(step));
        used[layer] += weights[layer] > 0 ? 1 : 0;
      }
      both += step >= steps / 2 && weights[0] > 0 && weights[1] > 0 ? 1 : 0;
    }
    // Half of the steps, give or take 4 standard deviations of sqrt(steps / 8).
    for (double count : used) {
      assertThat(count).isCloseTo(steps / 2.0, within(4 * Math.sqrt(steps / 8.0)));
    }
    // Layers are independent: the mean of α² over the second half is 3/8 - 1/π.
    assertThat(both / (steps / 2.0)).isCloseTo(3.0 / 8 - 1 / Math.PI, within(0.03));
  }

  @Test
  void drawsDependOnNothingButSeedStepAndLayer() {
    SelfGuidance guidance = new SelfGuidance(Decay.COSINE, 100, Use.DRAWN, 7);
    SelfGuidance again = new SelfGuidance(Decay.COSINE, 100, Use.DRAWN, 7);
    SelfGuidance other = new SelfGuidance(Decay.COSINE, 100, Use.DRAWN, 8);

    assertThat(again.weights(50, 64)).isEqualTo(guidance.weights(50, 64));
    assertThat(other.weights(50, 64)).isNotEqualTo(guidance.weights(50, 64));
    assertThat(guidance.weights(49, 64)).isNotEqualTo(guidance.weights(50, 64));
  }

  @Test
  void expectsTheGuidesInHalfOfTheirStepsIfDrawn() {
    SelfGuidance drawn = new SelfGuidance(Decay.COSINE, 1000, Use.DRAWN, 7);
    SelfGuidance always = new SelfGuidance(Decay.COSINE, 1000, Use.ALWAYS, 7);

    // The sum from 0 is half a step more than the integral.
    assertThat(drawn.guidedSteps(5000)).isCloseTo(500.5, within(1e-6));
    assertThat(always.guidedSteps(5000)).isEqualTo(1000);
    assertThat(always.guidedSteps(10)).isEqualTo(10);
  }
}
