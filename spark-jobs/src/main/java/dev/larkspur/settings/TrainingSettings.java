package dev.larkspur.settings;

import dev.larkspur.engine.Precision;
import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.LearningRateSchedule;
import dev.larkspur.optim.SelfGuidance;
import java.io.Serializable;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * How to train.
 *
 * @param engine name of the library that computes
 * @param device processor of a worker
 * @param precision arithmetic of a worker
 * @param workers number of workers; empty: as many as the cluster has slots for
 * @param threadsPerWorker threads of one operator on a CPU; empty: {@code spark.task.cpus}
 * @param length tokens or steps
 * @param globalBatch sequences of one step, all workers together
 * @param microBatch sequences of one pass of one worker
 * @param learningRate highest learning rate; NaN where the purpose needs none
 * @param warmupFraction share of the steps in which it rises
 * @param finalLearningRateRatio where the cosine ends, as a share of the highest learning rate
 * @param weightDecay decoupled decay of all parameters
 * @param beta1 decay of AdamW's first moment
 * @param beta2 decay of AdamW's second moment
 * @param gradientClip highest Euclidean norm of the gradient; infinite for none
 * @param validationEvery steps between two validations
 * @param validationSequences sequences that one validation reads at most
 * @param logEvery steps between two lines of metrics
 * @param recovery what happens after failures
 * @param stability which updates are left out
 * @param exchange how workers meet and exchange gradients
 * @param selfGuided whether dense guides help at first
 */
public record TrainingSettings(
    String engine,
    DeviceChoice device,
    Precision precision,
    OptionalInt workers,
    OptionalInt threadsPerWorker,
    TrainingLength length,
    int globalBatch,
    int microBatch,
    double learningRate,
    double warmupFraction,
    double finalLearningRateRatio,
    double weightDecay,
    double beta1,
    double beta2,
    double gradientClip,
    int validationEvery,
    int validationSequences,
    int logEvery,
    Recovery recovery,
    Stability stability,
    ExchangeSettings exchange,
    SelfGuidedSettings selfGuided) {

  /** Keeps 0.29 of 100 steps from being 28. */
  private static final double ROUNDING = 1e-9;

  /**
   * Steps of the whole training, those that repeat tokens of guided ones included; tokens are
   * rounded up to whole steps.
   *
   * @param context tokens of one sequence
   */
  public long steps(int context) {
    long fresh = freshSteps(context);
    return fresh + selfGuided.repeatedSteps(fresh);
  }

  /** Steps until tokens of guided ones are repeated; all steps if none are. */
  public long freshSteps(int context) {
    return length.steps(globalBatch, context);
  }

  /** When dense guides help, and how much. */
  public SelfGuidance guidance(int context, long seed) {
    long guided = selfGuided.guidedSteps(freshSteps(context));
    return guided == 0
        ? SelfGuidance.NONE
        : new SelfGuidance(selfGuided.decay(), guided, selfGuided.use(), seed);
  }

  /** Warm-up and cosine over a training of {@code steps} steps (paper, appendix A). */
  public LearningRateSchedule schedule(long steps) {
    long warmup = (long) Math.floor(warmupFraction * steps + ROUNDING);
    return new LearningRateSchedule(learningRate, finalLearningRateRatio, warmup, steps);
  }

  /** The optimiser's settings. */
  public AdamW adamW() {
    return new AdamW(beta1, beta2, AdamW.EPSILON, weightDecay);
  }

  /** Whether so many workers can share a step in whole passes. */
  public boolean divideAmong(int workers) {
    return globalBatch % ((long) workers * microBatch) == 0;
  }

  /**
   * What happens when a worker, its machine or the network fails.
   *
   * @param maxRestarts attempts after the first, without progress between them
   * @param delay before the first of them; doubles with each, up to {@link #LONGEST_DELAY}
   * @param slotsWait longest wait of an attempt for its task slots
   */
  public record Recovery(int maxRestarts, Duration delay, Duration slotsWait) {
    /** No restart is delayed for longer. */
    public static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

    /**
     * How long to wait.
     *
     * @param restart number of it, from 1
     */
    public Duration delay(int restart) {
      double millis = delay.toMillis() * Math.pow(2, restart - 1);
      return millis < LONGEST_DELAY.toMillis() ? Duration.ofMillis((long) millis) : LONGEST_DELAY;
    }
  }

  /**
   * When an update is left out, and when there have been too many of them.
   *
   * @param maxSkipped updates in a row that may be left out before the run goes back to a
   *     checkpoint
   * @param spikeZScore robust z-score above which a loss is a spike; 0: spikes are not looked for
   * @param spikeWindow losses that a spike is measured against
   */
  public record Stability(int maxSkipped, double spikeZScore, int spikeWindow)
      implements Serializable {

    /** Whether loss spikes are looked for. */
    public boolean watchesSpikes() {
      return spikeZScore > 0;
    }
  }

  /** How long to train: for a number of tokens, or of steps. */
  public sealed interface TrainingLength {

    /** Enough steps for {@code count} tokens. */
    record Tokens(long count) implements TrainingLength {
      @Override
      public long steps(int sequences, int context) {
        long perStep = Math.multiplyExact((long) sequences, context);
        return (count + perStep - 1) / perStep;
      }
    }

    /** So many steps. */
    record Steps(long count) implements TrainingLength {
      @Override
      public long steps(int sequences, int context) {
        return count;
      }
    }

    /**
     * Steps of the training.
     *
     * @param sequences sequences of one step
     * @param context tokens of one sequence
     */
    long steps(int sequences, int context);
  }
}
