package dev.larkspur.generate;

import java.util.Arrays;
import java.util.SplittableRandom;

/** The ways to choose. */
final class Samplers {
  private Samplers() {}

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
   * Draws from softmax(logits / temperature), restricted to the likeliest tokens.
   *
   * @param temperature above 0
   * @param topK how many tokens may be drawn; 0 for all
   */
  static Sampler topK(double temperature, int topK, SplittableRandom random) {
    return logits -> {
      double lowest =
          topK <= 0 || topK >= logits.length ? Double.NEGATIVE_INFINITY : kth(logits, topK);
      double highest = logits[greedy(logits)];
      double[] weights = new double[logits.length];
      double total = 0;
      for (int id = 0; id < logits.length; id++) {
        if (logits[id] >= lowest) {
          weights[id] = Math.exp((logits[id] - highest) / temperature);
          total += weights[id];
        }
      }
      double left = random.nextDouble() * total;
      int drawn = greedy(logits);
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
    };
  }

  private static double kth(float[] logits, int k) {
    float[] sorted = logits.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - k];
  }
}
