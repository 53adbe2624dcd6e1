package dev.larkspur.optim;

import java.io.Serializable;

/**
 * Linear warm-up, then cosine decay to a share of the peak (paper, appendix A; the same formula as
 * in its public code).
 *
 * @param peak highest learning rate
 * @param finalRatio value of the cosine one step after the last, as a share of the peak
 * @param warmupSteps number of warm-up steps
 * @param steps number of steps of the run
 */
public record LearningRateSchedule(double peak, double finalRatio, long warmupSteps, long steps)
    implements Serializable {

  /** Learning rate of a step, counted from 0. */
  public double at(long step) {
    if (step < warmupSteps) {
      return peak * (step + 1) / warmupSteps;
    }
    double lowest = peak * finalRatio;
    double progress = (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps);
    return lowest + (peak - lowest) * (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2;
  }
}
