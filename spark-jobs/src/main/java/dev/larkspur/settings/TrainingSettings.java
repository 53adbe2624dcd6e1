package dev.larkspur.settings;

import dev.larkspur.engine.ActivationCheckpointing;
import dev.larkspur.engine.Engines;
import dev.larkspur.engine.Precision;
import dev.larkspur.optim.AdamW;
import dev.larkspur.optim.LearningRateSchedule;
import dev.larkspur.optim.SelfGuidance;
import dev.larkspur.settings.ModelReader.Divisors;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How to train.
 *
 * @param compute what a worker computes with
 * @param batch how a step is shared among workers and passes
 * @param length tokens or steps
 * @param optimization how parameters are updated
 * @param cadence how often the training is measured
 * @param tolerance which failures the training survives
 * @param exchange how workers meet and exchange gradients
 */
public record TrainingSettings(
    @Setting(inline = true) Compute compute,
    @Setting(inline = true) Batch batch,
    @Setting(inline = true) TrainingLength length,
    @Setting(inline = true) Optimization optimization,
    @Setting(inline = true) Cadence cadence,
    @Setting(inline = true) Tolerance tolerance,
    @Setting(inline = true) ExchangeSettings exchange)
    implements RecordReader.Checked {

  /** Their tokens fit in 64 bits for any context. */
  private static final long MOST_SEQUENCES = 1L << 42;

  /** Most tokens of a training. */
  static final long MOST_TOKENS = 1L << 62;

  /** Refuses lengths whose tokens do not fit in 64 bits. */
  @Override
  public void check(RecordReader.Problems problems) {
    int times = selfGuided().mode() == SelfGuidedSettings.Mode.FIXED_FLOP ? 2 : 1;
    long most = MOST_SEQUENCES / globalBatch() / times;
    if (length instanceof TrainingLength.Tokens tokens && tokens.count() > MOST_TOKENS / times) {
      problems.refuse(
          "tokens",
          "more tokens than can be counted, as the guided ones are repeated",
          "set it to at most " + MOST_TOKENS / times);
    }
    if (length instanceof TrainingLength.Steps steps && steps.count() > most) {
      problems.refuse(
          "steps",
          "steps of %s (training.global-batch) are more sequences than can be counted"
              .formatted(Count.of(globalBatch(), "sequence")),
          "set it to at most " + most);
    }
    if (exchange.compresses() && tolerance.stability().watchesSpikes()) {
      problems.refuse(
          "loss-spike-z-score",
          "an update that is skipped for its loss would stay in the residual of"
              + " training.exchange.compression = threshold",
          "set one of them to 0 or none");
    }
  }

  /** Sequences of one step, all workers together. */
  public int globalBatch() {
    return batch.globalBatch();
  }

  /** Sequences of one pass of one worker. */
  public int microBatch() {
    return batch.microBatch();
  }

  /** Number of workers; empty: as many as the cluster has slots for. */
  public OptionalInt workers() {
    return strategy().isInRounds() && batch.workers().isEmpty()
        ? OptionalInt.of(globalBatch() / microBatch())
        : batch.workers();
  }

  /** How workers train one model together. */
  public StrategySettings strategy() {
    return batch.strategy();
  }

  /** How dense guides are used. */
  public SelfGuidedSettings selfGuided() {
    return optimization.selfGuided();
  }

  /**
   * Steps of the training, including those that repeat the tokens of guided steps; tokens are
   * rounded up to complete steps.
   *
   * @param context tokens of one sequence
   */
  public long steps(int context) {
    long fresh = freshSteps(context);
    return fresh + selfGuided().repeatedSteps(fresh);
  }

  /** Steps before the tokens of guided steps are repeated; all steps if none are. */
  public long freshSteps(int context) {
    return length.steps(globalBatch(), context);
  }

  /** When dense guides are used, and with which weight. */
  public SelfGuidance guidance(int context, long seed) {
    SelfGuidedSettings guides = selfGuided();
    long guided = guides.guidedSteps(freshSteps(context));
    return guided == 0
        ? SelfGuidance.NONE
        : new SelfGuidance(guides.decay(), guided, guides.use(), seed);
  }

  /** The learning rates of a training of {@code steps} steps. */
  public LearningRateSchedule schedule(long steps) {
    return optimization.learningRates().over(steps);
  }

  /** The optimizer's settings. */
  public AdamW adamW() {
    return optimization.adamW();
  }

  /** Whether this number of workers can share a step in complete passes. */
  public boolean divideAmong(int workers) {
    return globalBatch() % ((long) workers * microBatch()) == 0;
  }

  /**
   * What a worker computes with.
   *
   * @param engine name of the library that computes
   * @param device processor of a worker
   * @param precision arithmetic of a worker
   * @param activationCheckpointing what a forward pass keeps for its backward pass
   * @param threadsPerWorker threads of one operator on a CPU; empty: {@code spark.task.cpus}
   */
  public record Compute(
      String engine,
      DeviceChoice device,
      @Setting(choices = {"fp32", "bf16"}) Precision precision,
      ActivationCheckpointing activationCheckpointing,
      @Setting(least = 1, unset = "auto") OptionalInt threadsPerWorker)
      implements RecordReader.Checked {

    /** Refuses an engine that is not on the class path, and a precision that it does not have. */
    @Override
    public void check(RecordReader.Problems problems) {
      List<String> engines = Engines.names();
      if (!engines.contains(engine)) {
        problems.refuse(
            "engine", "must be one of " + String.join(", ", engines), Engines.remedy(engine));
      } else if (!Engines.named(engine).precisions().contains(precision)) {
        problems.refuse(
            "precision",
            "the engine %s does not compute in %s"
                .formatted(engine, precision.name().toLowerCase(Locale.ROOT)),
            "set it to fp32, or use another engine");
      } else if (activationCheckpointing != ActivationCheckpointing.NONE
          && !Engines.named(engine).checkpointsActivations()) {
        problems.refuse(
            "activation-checkpointing",
            "the engine %s keeps all activations".formatted(engine),
            "set it to none, or use another engine");
      }
    }
  }

  /**
   * How a step is shared.
   *
   * @param workers number of workers; empty: as many as the cluster has slots for
   * @param globalBatch sequences of one step, all workers together
   * @param microBatch sequences of one pass of one worker
   * @param strategy how workers train one model together
   */
  public record Batch(
      @Setting(least = 1, unset = "auto") OptionalInt workers,
      @Setting(least = 1) int globalBatch,
      @Setting(least = 1) int microBatch,
      @Setting(inline = true) StrategySettings strategy)
      implements RecordReader.Checked {

    /** Refuses a step that workers and passes do not divide. */
    @Override
    public void check(RecordReader.Problems problems) {
      // With workers = auto there may be one worker, so a pass must divide the global batch.
      int least = workers.orElse(1);
      int share = globalBatch / least;
      if (globalBatch % least != 0) {
        problems.refuse(
            "workers",
            "%s cannot share a global batch of %s"
                .formatted(Count.of(least, "worker"), Count.of(globalBatch, "sequence")),
            "set it to one of " + Divisors.of(globalBatch));
      } else if (share % microBatch != 0) {
        problems.refuse(
            "micro-batch",
            "each of %s has %s of a step, which passes of %d do not divide"
                .formatted(Count.of(least, "worker"), Count.of(share, "sequence"), microBatch),
            "set it to one of " + Divisors.of(share));
      }
    }
  }

  /**
   * How parameters are updated.
   *
   * @param learningRates the learning rate of each step
   * @param weightDecay decoupled decay of all parameters
   * @param betas decay of AdamW's first and second moment
   * @param gradientClip highest Euclidean norm of the gradient; infinite for none
   * @param selfGuided how dense guides are used
   */
  public record Optimization(
      @Setting(inline = true) LearningRateSettings learningRates,
      @Setting(least = 0) double weightDecay,
      @Setting(least = 0, below = 1) List<Double> betas,
      @Setting(above = 0, unset = "none") double gradientClip,
      SelfGuidedSettings selfGuided) {

    AdamW adamW() {
      return new AdamW(betas.get(0), betas.get(1), AdamW.EPSILON, weightDecay);
    }
  }

  /**
   * How often the training is measured.
   *
   * @param validationEvery steps between two validations
   * @param validationSequences most sequences that one validation reads
   * @param logEvery steps between two lines of metrics
   */
  public record Cadence(
      @Setting(least = 1) int validationEvery,
      @Setting(least = 1) int validationSequences,
      @Setting(least = 1) int logEvery) {}

  /**
   * Which failures the training survives.
   *
   * @param recovery what happens when a worker, its machine or the network fails
   * @param stability which updates are skipped
   */
  public record Tolerance(
      @Setting(inline = true) Recovery recovery, @Setting(inline = true) Stability stability) {}

  /**
   * What happens when a worker, its machine or the network fails.
   *
   * @param maxRestarts attempts after the first, without progress between them
   * @param delay before the first of them; doubles with each, up to {@link #LONGEST_DELAY}
   * @param slotsWait longest wait of an attempt for its task slots
   * @param stallTimeout longest time without a sign of life from the workers; zero for any time
   */
  public record Recovery(
      @Setting(least = 0) int maxRestarts,
      @Setting(key = "restart-delay") Duration delay,
      Duration slotsWait,
      Duration stallTimeout) {
    /** No restart is delayed for longer. */
    public static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

    /**
     * The delay before a restart.
     *
     * @param restart its number, from 1
     */
    public Duration delay(int restart) {
      double millis = delay.toMillis() * Math.pow(2, restart - 1);
      return millis < LONGEST_DELAY.toMillis() ? Duration.ofMillis((long) millis) : LONGEST_DELAY;
    }
  }

  /**
   * When an update is skipped, and how many may be.
   *
   * @param maxSkipped updates in a row that may be skipped before the run returns to a checkpoint
   * @param spikeZScore robust z-score above which a loss is a spike; 0 disables the check
   * @param spikeWindow losses that a new one is compared with: enough to estimate a spread, few
   *     enough to be stored in each checkpoint
   */
  public record Stability(
      @Setting(least = 0) int maxSkipped,
      @Setting(key = "loss-spike-z-score", least = 0) double spikeZScore,
      @Setting(key = "loss-spike-window", least = 10, most = 10_000) int spikeWindow)
      implements Serializable {

    /** Whether loss spikes are detected. */
    public boolean watchesSpikes() {
      return spikeZScore > 0;
    }
  }

  /** The processor that a worker is to use. */
  public enum DeviceChoice {
    /** A GPU if Spark has assigned one to the worker, else the CPU. */
    AUTO,
    CPU,
    CUDA
  }

  /**
   * Self-guided training (Wei et al., arXiv 2406.16450, section 4).
   *
   * @param mode which steps are guided
   * @param decay how the guides' weight falls
   * @param fraction share of the steps that are guided, not counting those that repeat tokens;
   *     empty for half, the paper's choice for fixed-step
   * @param use which layers are guided in a step
   */
  public record SelfGuidedSettings(
      Mode mode,
      SelfGuidance.Decay decay,
      @Setting(above = 0, below = 1) OptionalDouble fraction,
      @Setting(key = "reduce-flop") SelfGuidance.Use use)
      implements RecordReader.Checked {
    private static final double HALF = 0.5;

    /** Refuses a fraction without guides, and requires one if there is no default. */
    @Override
    public void check(RecordReader.Problems problems) {
      if (mode == Mode.OFF && fraction.isPresent()) {
        problems.refuse(
            "fraction",
            "has no effect with training.self-guided.mode = off",
            "set it to null, as conf/schedule/plain.conf does");
      }
      if (mode == Mode.FIXED_FLOP && fraction.isEmpty()) {
        problems.missing("fraction");
      }
    }

    /** Which steps are guided. */
    public enum Mode {
      /** None. */
      OFF,
      /** The first steps; the total is the same as without guides. */
      FIXED_STEP,
      /** The first steps; as many steps are added at the end and repeat their tokens. */
      FIXED_FLOP
    }

    /**
     * Number of guided steps at the beginning: at least one, and the last step is always plain.
     *
     * @param freshSteps steps that do not repeat tokens of guided steps
     */
    public long guidedSteps(long freshSteps) {
      return switch (mode) {
        case OFF -> 0;
        case FIXED_STEP -> Math.min(atLeastOne(freshSteps), freshSteps - 1);
        case FIXED_FLOP -> atLeastOne(freshSteps);
      };
    }

    /** Steps at the end that repeat the tokens of the guided steps. */
    public long repeatedSteps(long freshSteps) {
      return mode == Mode.FIXED_FLOP ? guidedSteps(freshSteps) : 0;
    }

    private long atLeastOne(long freshSteps) {
      return Math.max(1, Math.round(fraction.orElse(HALF) * freshSteps));
    }
  }
}
