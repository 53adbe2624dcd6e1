package dev.larkspur.train.worker;

import dev.larkspur.engine.EngineException;
import dev.larkspur.settings.StrategySettings.RoundSettings;
import dev.larkspur.strategy.RoundTrainer;
import dev.larkspur.strategy.RoundTrainer.RoundResult;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.train.TrainingException;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Ends a training in rounds when the library hangs, returns unchanged parameters, or its replicas
 * diverge from each other. Deeplearning4j reports none of these.
 */
final class RoundWatchdog {
  /** A relative change below what rounding alone causes. */
  private static final double LEAST_CHANGE = 1e-7;

  private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);

  private final RoundSettings settings;
  private final String strategy;

  /**
   * @param strategy its name, for messages
   */
  RoundWatchdog(RoundSettings settings, String strategy) {
    this.settings = settings;
    this.strategy = strategy;
  }

  /**
   * Trains a round on another thread.
   *
   * @param givesUp whether the process is to end; checked once a second
   * @return empty if the round was given up
   * @throws TrainingException if it failed, or has not advanced for too long
   */
  Optional<RoundResult> train(
      RoundTrainer trainer, long firstStep, int steps, BooleanSupplier givesUp) {
    FutureTask<RoundResult> round = new FutureTask<>(() -> trainer.train(firstStep, steps));
    Thread thread = new Thread(round, "round from step " + firstStep);
    thread.setDaemon(true);
    thread.start();
    long interval = Math.min(LONGEST_INTERVAL.toNanos(), settings.stallTimeout().toNanos());
    long progress = trainer.progress();
    long advanced = System.nanoTime();
    while (true) {
      try {
        return Optional.of(round.get(interval, TimeUnit.NANOSECONDS));
      } catch (TimeoutException running) {
        if (givesUp.getAsBoolean()) {
          round.cancel(true);
          return Optional.empty();
        }
        if (trainer.progress() != progress) {
          progress = trainer.progress();
          advanced = System.nanoTime();
        } else if (System.nanoTime() - advanced > settings.stallTimeout().toNanos()) {
          round.cancel(true);
          throw stalled(firstStep);
        }
      } catch (ExecutionException e) {
        throw new TrainingException(
            "%s failed in the round after step %,d: %s. The same command resumes from there"
                .formatted(strategy, firstStep, reason(e.getCause())),
            e.getCause());
      } catch (InterruptedException e) {
        round.cancel(true);
        Thread.currentThread().interrupt();
        throw new TrainingException("interrupted in the round after step " + firstStep, e);
      }
    }
  }

  /** The messages of this project need no class name. */
  private static String reason(Throwable failure) {
    return failure instanceof EngineException ? failure.getMessage() : failure.toString();
  }

  private TrainingException stalled(long firstStep) {
    return new TrainingException(
        "%s has done no iteration for %d s (training.dl4j.stall-timeout) in the round after step %,d: with dl4j-shared-training, check for lost executors, and that the network passes UDP between the driver and the executors. The same command resumes from there"
            .formatted(strategy, settings.stallTimeout().toSeconds(), firstStep));
  }

  /**
   * Refuses a round that changed nothing, or whose replicas differ too much.
   *
   * @param done updates
   * @param change relative distance of the parameters from those before the round
   */
  void check(long done, double change, RoundResult result) {
    if (!Double.isFinite(change) || !Double.isFinite(result.loss())) {
      throw new TrainingException(
          "the round up to step %,d ended with loss %s and parameters that are not all finite: the training has diverged. Lower training.learning-rate and start again; it resumes from the checkpoint before"
              .formatted(done, result.loss()));
    }
    if (change < LEAST_CHANGE) {
      throw new TrainingException(
          String.format(
              Locale.ROOT,
              "%s has changed the parameters by %.1e of their norm in the round up to step %,d, which is nothing: check that training.learning-rate is not 0 and, with dl4j-shared-training, that UDP passes between the driver and the executors",
              strategy,
              change,
              done));
    }
    // Also refuses NaN.
    if (!(result.distance() <= settings.maxReplicaDistance())) {
      throw new TrainingException(
          String.format(
              Locale.ROOT,
              "after the round up to step %,d a replica is %.3f of the parameters' norm away from the model, more than training.dl4j.max-replica-distance = %s: lower training.learning-rate or training.dl4j.averaging-steps, or use training.strategy = all-reduce, whose replicas are equal",
              done,
              result.distance(),
              settings.maxReplicaDistance()));
    }
  }

  /** Euclidean distance of two vectors of one length, relative to the norm of the second. */
  static double distance(FlatVector vector, FlatVector from) {
    FloatBuffer one = chunk(vector.length());
    FloatBuffer other = chunk(vector.length());
    double difference = 0;
    double norm = 0;
    for (long done = 0; done < vector.length(); done += one.capacity()) {
      int size = (int) Math.min(one.capacity(), vector.length() - done);
      vector.read(done, one.clear().limit(size));
      from.read(done, other.clear().limit(size));
      for (int i = 0; i < size; i++) {
        double distance = (double) one.get(i) - other.get(i);
        difference += distance * distance;
        norm += (double) other.get(i) * other.get(i);
      }
    }
    return Math.sqrt(difference / norm);
  }

  private static FloatBuffer chunk(long length) {
    return FloatBuffer.allocate((int) Math.min(length, FlatVector.COPIED_AT_ONCE));
  }
}
