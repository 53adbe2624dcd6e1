package dev.larkspur.settings;

import dev.larkspur.engine.Precision;
import dev.larkspur.settings.TrainingSettings.DeviceChoice;
import dev.larkspur.settings.TrainingSettings.SelfGuidedSettings;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.strategy.TrainingStrategy;
import java.io.Serializable;
import java.time.Duration;
import java.util.Optional;

/**
 * How workers train one model together.
 *
 * @param kind which strategy
 * @param rounds settings of Deeplearning4j's strategies
 */
public record StrategySettings(
    @Setting(key = "strategy") Kind kind, @Setting(key = "dl4j") RoundSettings rounds) {

  /** The available strategies. */
  public enum Kind {
    /** The gradients of all workers are summed in each step. */
    ALL_REDUCE,
    /** Deeplearning4j's ParallelWrapper. */
    DL4J_PARALLEL_WRAPPER,
    /** Deeplearning4j's SharedTrainingMaster. */
    DL4J_SHARED_TRAINING;

    /** The word in the settings. */
    public String word() {
      return Values.word(this);
    }
  }

  /**
   * Training in rounds: a library trains and exchanges updates itself, and Larkspur measures the
   * result after each round of steps.
   *
   * @param roundSteps steps of a round
   * @param averagingSteps steps between two averages of ParallelWrapper
   * @param threshold initial threshold of SharedTrainingMaster
   * @param maxReplicaDistance largest distance of a replica from the result of a round
   * @param stallTimeout longest time without an iteration
   */
  public record RoundSettings(
      @Setting(least = 1) int roundSteps,
      @Setting(least = 1) int averagingSteps,
      @Setting(above = 0) double threshold,
      @Setting(above = 0) double maxReplicaDistance,
      @Setting(least = 1) Duration stallTimeout)
      implements Serializable {}

  /** Whether a library trains the replicas itself, in rounds. */
  public boolean isInRounds() {
    return kind != Kind.ALL_REDUCE;
  }

  /** Whether all replicas run in the driver, which needs no task slots. */
  public boolean runsInDriver() {
    return isInRounds() && !found().usesExecutors();
  }

  /** Whether a process can train only once, so that an attempt is not followed by another. */
  public boolean startsOnce() {
    return isInRounds() && found().startsOnce();
  }

  /**
   * The library's strategy.
   *
   * @throws IllegalStateException if it is not on the class path, which is checked earlier
   */
  public TrainingStrategy found() {
    return find()
        .orElseThrow(() -> new IllegalStateException(kind.word() + " is not on the class path"));
  }

  /**
   * Refuses a cluster that the strategy cannot train on.
   *
   * @param master its URL
   * @throws BadInputException naming the reason
   */
  public void requireFor(String master) {
    found()
        .refusal(master)
        .ifPresent(
            reason -> {
              throw new BadInputException(
                  "training.strategy = %s: %s".formatted(kind.word(), reason));
            });
  }

  private Optional<TrainingStrategy> find() {
    return TrainingStrategy.find(kind.word());
  }

  /** Refuses a training that the strategy cannot do. */
  void check(TrainingSettings training, Values values) {
    if (!isInRounds()) {
      return;
    }
    Optional<TrainingStrategy> found = find();
    if (found.isEmpty()) {
      values.refuse("training.strategy", "it is not on the class path", remedy());
      return;
    }
    checkCompute(found.get(), training, values);
    checkBatch(training, values);
    if (training.selfGuided().mode() != SelfGuidedSettings.Mode.OFF) {
      values.refuse(
          "training.self-guided.mode",
          unable("trains without guides"),
          "set it to off, or training.strategy = all-reduce");
    }
    if (training.exchange().compresses()) {
      values.refuse(
          "training.exchange.compression",
          unable("exchanges in its own way"),
          "set it to none, or training.strategy = all-reduce");
    }
    if (training.exchange().shardOptimizer()) {
      values.refuse(
          "training.shard-optimizer",
          unable("keeps all moments on every worker"),
          "set it to false, or training.strategy = all-reduce");
    }
    RoundConstraints.check(this, values);
  }

  private String remedy() {
    String addOn =
        "add larkspur-dl4j-spark-*.jar to the class path of the driver and of the executors";
    return kind == Kind.DL4J_SHARED_TRAINING
        ? addOn
            + ", of a build with -P spark-3.5: Deeplearning4j has SharedTrainingMaster for Scala"
            + " 2.12 only, and Spark 4 runs on Scala 2.13"
        : addOn;
  }

  private void checkCompute(TrainingStrategy strategy, TrainingSettings training, Values values) {
    if (!training.compute().engine().equals(strategy.engine())) {
      values.refuse(
          "training.strategy",
          "it computes with the engine " + strategy.engine() + " only",
          "set training.engine = %s, or training.strategy = all-reduce"
              .formatted(strategy.engine()));
    }
    if (training.compute().precision() != Precision.FP32) {
      values.refuse(
          "training.precision",
          unable("computes in fp32"),
          "set it to fp32, or training.strategy = all-reduce");
    }
    if (training.compute().device() == DeviceChoice.CUDA) {
      values.refuse(
          "training.device",
          unable("computes on CPUs"),
          "set it to cpu, or training.strategy = all-reduce");
    }
  }

  private void checkBatch(TrainingSettings training, Values values) {
    int replicas = training.globalBatch() / training.microBatch();
    if (replicas < 2) {
      values.refuse(
          "training.micro-batch",
          unable("trains at least two replicas"),
          "set it to at most half of training.global-batch = " + training.globalBatch());
    } else if (training.workers().orElse(replicas) != replicas) {
      values.refuse(
          "training.workers",
          unable("trains on a worker's share of a step in one pass"),
          "set it to training.global-batch / training.micro-batch = %d, or change one of these"
              .formatted(replicas));
    }
  }

  private String unable(String what) {
    return "training.strategy = %s %s".formatted(kind.word(), what);
  }
}
