package dev.larkspur.settings;

import dev.larkspur.optim.LearningRateSchedule;
import dev.larkspur.optim.LearningRateSchedule.Decay;
import java.io.Serializable;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * The learning rate of each step.
 *
 * @param learningRate highest learning rate; empty where the purpose needs none
 * @param schedule how it falls after the warm-up
 * @param warmupFraction share of the steps in which the rate rises
 * @param warmupSteps number of these steps, in place of their share; empty: not given
 * @param decayFraction share of the steps in which {@code wsd} falls, the last ones
 * @param finalLearningRateRatio where the rate ends, as a share of the highest
 */
public record LearningRateSettings(
    @Setting(above = 0) OptionalDouble learningRate,
    Schedule schedule,
    @Setting(least = 0, most = 1) double warmupFraction,
    @Setting(least = 0) OptionalInt warmupSteps,
    @Setting(above = 0, most = 1) double decayFraction,
    @Setting(least = 0, most = 1) double finalLearningRateRatio)
    implements Serializable {

  /** Avoids rounding 0.29 of 100 steps down to 28. */
  private static final double ROUNDING = 1e-9;

  /** What follows the warm-up. */
  public enum Schedule {
    COSINE,
    LINEAR,
    CONSTANT,
    WSD
  }

  /** The schedule of a training of {@code steps} steps. */
  LearningRateSchedule over(long steps) {
    double peak = learningRate.orElse(Double.NaN);
    long warmup = warmupSteps.isPresent() ? warmupSteps.getAsInt() : share(warmupFraction, steps);
    long afterWarmup = Math.max(0, steps - warmup);
    return switch (schedule) {
      case COSINE -> LearningRateSchedule.cosine(peak, finalLearningRateRatio, warmup, steps);
      case LINEAR -> falling(warmup, afterWarmup, steps, Decay.LINEAR);
      case CONSTANT -> falling(warmup, 0, steps, Decay.LINEAR);
      case WSD ->
          falling(
              warmup,
              Math.min(afterWarmup, share(decayFraction, steps)),
              steps,
              Decay.ONE_MINUS_SQRT);
    };
  }

  private LearningRateSchedule falling(long warmup, long decaySteps, long steps, Decay decay) {
    return new LearningRateSchedule(
        learningRate.orElse(Double.NaN), finalLearningRateRatio, warmup, decaySteps, steps, decay);
  }

  private static long share(double fraction, long steps) {
    return (long) Math.floor(fraction * steps + ROUNDING);
  }
}
