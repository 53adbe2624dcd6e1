package dev.larkspur.generate;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Ways to choose the next token. */
final class Samplers {
  private Samplers() {}

  /** The sampler of the settings. */
  static Sampler of(GenerationSettings settings, SplittableRandom random) {
    return settings.temperature() == 0
        ? Samplers::greedy
        : drawn(settings.temperature(), settings.topK(), settings.topP(), random);
  }

  /** The most likely token. */
  static int greedy(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    return best;
  }

  /**
   * Draws from softmax(logits / temperature), restricted to the likeliest tokens; ties with the
   * last of them may be drawn too.
   *
   * @param temperature above 0
   * @param topK how many tokens may be drawn; 0 for all
   * @param topP total probability of the likeliest of the topK that may be drawn; 1 for all
   */
  static Sampler drawn(double temperature, int topK, double topP, SplittableRandom random) {
    return logits -> {
      float lowest =
          topK <= 0 || topK >= logits.length ? Float.NEGATIVE_INFINITY : kth(logits, topK);
      double highest = logits[greedy(logits)];
      double[] weights = new double[logits.length];
      for (int id = 0; id < logits.length; id++) {
        if (logits[id] >= lowest) {
          weights[id] = Math.exp((logits[id] - highest) / temperature);
        }
      }
      if (topP < 1) {
        keepNucleus(weights, topP);
      }
      return draw(weights, random);
    };
  }

  private static int draw(double[] weights, SplittableRandom random) {
    double left = random.nextDouble() * Arrays.stream(weights).sum();
    int drawn = 0;
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] > 0) {
        drawn = id;
        left -= weights[id];
        if (left < 0) {
          break;
        }
      }
    }
    return drawn;
  }

  /**
   * Sets all weights to zero except those of the likeliest tokens that together reach a share of
   * the sum.
   */
  private static void keepNucleus(double[] weights, double share) {
    double[] sorted = Arrays.stream(weights).filter(weight -> weight > 0).sorted().toArray();
    double missing = share * Arrays.stream(sorted).sum();
    int last = sorted.length;
    while (last > 0 && missing > 0) {
      missing -= sorted[--last];
    }
    double least = sorted[Math.min(last, sorted.length - 1)];
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] < least) {
        weights[id] = 0;
      }
    }
  }

  /**
   * The k-th largest score. Avoids sorting all of them, since few of tens of thousands are among
   * the largest.
   */
  private static float kth(float[] logits, int k) {
    float[] largest = Arrays.copyOf(logits, k);
    Arrays.sort(largest);
    for (int id = k; id < logits.length; id++) {
      if (logits[id] > largest[0]) {
        int place = 1;
        while (place < k && largest[place] < logits[id]) {
          largest[place - 1] = largest[place];
          place++;
        }
        largest[place - 1] = logits[id];
      }
    }
    return largest[0];
  }

  /** Chooses the next token from its scores. */
  @FunctionalInterface
  interface Sampler {

    /**
     * One draw.
     *
     * @param logits scores of every token: [vocabulary]
     * @return a token id
     */
    int sample(float[] logits);
  }
}
