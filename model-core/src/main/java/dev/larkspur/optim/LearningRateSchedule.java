package dev.larkspur.optim;

import java.io.Serializable;

/**
 * Linear warm-up to the peak, then the peak, then a decay over the last steps of the run to a share
 * of the peak. With {@link #cosine} the decay follows the warm-up at once (paper, appendix A; the
 * same formula as in its public code). With steps at the peak in between it is the
 * warmup-stable-decay schedule (Hu et al., arXiv 2404.06395, section 4; Hägele et al., arXiv
 * 2405.18392).
 *
 * @param peak highest learning rate
 * @param finalRatio learning rate one step after the last, as a share of the peak
 * @param warmupSteps number of warm-up steps
 * @param decaySteps number of steps of the decay, the last ones of the run; 0 for none
 * @param steps number of steps of the run
 * @param decay how the rate falls
 */
public record LearningRateSchedule(
    double peak, double finalRatio, long warmupSteps, long decaySteps, long steps, Decay decay)
    implements Serializable {

  /** How a learning rate falls from its highest to its final value. */
  public enum Decay {
    /** Half a period of a cosine. */
    COSINE,
    /** A line. */
    LINEAR,
    /** One minus the square root of the share of the decay that is done (Hägele et al.). */
    ONE_MINUS_SQRT;

    /** What is left of the fall, from 1 to 0, when a share of it is done. */
    double remaining(double done) {
      return switch (this) {
        case COSINE -> (1 + Math.cos(Math.PI * done)) / 2;
        case LINEAR -> 1 - done;
        case ONE_MINUS_SQRT -> 1 - Math.sqrt(done);
      };
    }
  }

  /** The paper's schedule. */
  public static LearningRateSchedule cosine(
      double peak, double finalRatio, long warmupSteps, long steps) {
    return new LearningRateSchedule(
        peak, finalRatio, warmupSteps, Math.max(0, steps - warmupSteps), steps, Decay.COSINE);
  }

  /** Learning rate of a step, counted from 0. */
  public double at(long step) {
    if (step < warmupSteps) {
      return peak * (step + 1) / warmupSteps;
    }
    long decayed = step - (steps - decaySteps);
    if (decaySteps == 0 || decayed <= 0) {
      return peak;
    }
    double lowest = peak * finalRatio;
    double done = Math.min(1, (double) decayed / decaySteps);
    return lowest + (peak - lowest) * decay.remaining(done);
  }
}
