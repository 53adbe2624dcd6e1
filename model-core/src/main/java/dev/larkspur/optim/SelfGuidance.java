package dev.larkspur.optim;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Schedule of the dense guides of structured layers (Wei et al., arXiv 2406.16450, section 4): o =
 * α·W x + (1−α)·U (V x), where α falls from 1 to 0 over the first steps of a training.
 *
 * @param decay of α
 * @param steps number of guided steps at the start of the training; 0 for none
 * @param use which layers are guided in a guided step
 * @param seed of the random draws
 */
public record SelfGuidance(Decay decay, long steps, Use use, long seed) implements Serializable {
  /** Training without guides. */
  public static final SelfGuidance NONE = new SelfGuidance(Decay.COSINE, 0, Use.ALWAYS, 0);

  /** How α falls from 1 to 0; t is the share of the guided steps that are done. */
  public enum Decay {
    /** (1 + cos(π t)) / 2, as in the paper. */
    COSINE,
    /** 1 − t. */
    LINEAR
  }

  /** Which layers are guided. */
  public enum Use {
    /** All layers, in every guided step. */
    ALWAYS,
    /**
     * Each layer with probability α, drawn for each step and layer: the paper's reduction of the
     * FLOPs.
     */
    DRAWN
  }

  /** α of a step, counted from 0: 1 in the first step, 0 after the guided steps. */
  public double alpha(long step) {
    if (!guides(step)) {
      return 0;
    }
    double progress = (double) step / steps;
    return switch (decay) {
      case COSINE -> (1 + Math.cos(Math.PI * progress)) / 2;
      case LINEAR -> 1 - progress;
    };
  }

  /** Whether a step, counted from 0, is guided. */
  public boolean guides(long step) {
    return step < steps;
  }

  /**
   * α of each layer in a step. It depends only on the arguments and the seed, so it is the same on
   * every worker and in a resumed run.
   */
  public double[] weights(long step, int layers) {
    double alpha = alpha(step);
    double[] weights = new double[layers];
    for (int layer = 0; layer < layers; layer++) {
      boolean used = use == Use.ALWAYS || uniform(step, layer) < alpha;
      weights[layer] = used ? alpha : 0;
    }
    return weights;
  }

  /** α of each layer without draws, for evaluation. */
  public double[] mean(long step, int layers) {
    double[] weights = new double[layers];
    Arrays.fill(weights, alpha(step));
    return weights;
  }

  /** Expected number of steps, of the first {@code done}, in which a layer uses its guide. */
  public double guidedSteps(long done) {
    long guided = Math.min(done, steps);
    if (use == Use.ALWAYS) {
      return guided;
    }
    double sum = 0;
    for (long step = 0; step < guided; step++) {
      sum += alpha(step);
    }
    return sum;
  }

  /** A value in [0, 1): SplitMix64's finalizer (Steele et al. 2014) of step and layer. */
  private double uniform(long step, int layer) {
    long mixed = mix(mix(mix(seed) + step) + layer);
    return (mixed >>> 11) * 0x1p-53;
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
