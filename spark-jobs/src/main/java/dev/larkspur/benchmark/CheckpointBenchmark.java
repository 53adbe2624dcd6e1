package dev.larkspur.benchmark;

import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.run.CheckpointStore.Retention;
import dev.larkspur.run.CheckpointWriter;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.run.TrainingState;
import dev.larkspur.run.TrainingState.Provenance;
import dev.larkspur.train.worker.ParameterChecksum;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Trains one worker on random tokens, with and without checkpoints in turn. */
public final class CheckpointBenchmark {
  private static final int VECTORS = 3;
  private static final int PIECE_BYTES = 64 << 20;
  private static final Provenance PROVENANCE = new Provenance("", "", 1, "", "", "", "");

  private final Replica replica;
  private final RunDirectory run;
  private final TokenBatch batch;
  private final int passes;
  private final int steps;
  private final ByteBuffer from = ByteBuffer.allocateDirect(PIECE_BYTES);
  private final ByteBuffer to = ByteBuffer.allocateDirect(PIECE_BYTES);
  private TrainingStep training;

  /**
   * @param run where the checkpoints go
   * @param batch buffer of one micro-batch
   * @param passes micro-batches of one step
   * @param steps between two checkpoints
   */
  public CheckpointBenchmark(
      Replica replica, RunDirectory run, TokenBatch batch, int passes, int steps) {
    this.replica = replica;
    this.run = run;
    this.batch = batch;
    this.passes = passes;
    this.steps = steps;
  }

  /** Returns the medians of {@code rounds} rounds, after one to warm up. */
  public CheckpointReport measure(int rounds, int vocabulary) {
    training = new TrainingStep(replica, vocabulary, batch, passes, 1);
    List<Double> copies = new ArrayList<>();
    List<Double> stalls = new ArrayList<>();
    List<Double> plain = new ArrayList<>();
    List<Double> with = new ArrayList<>();
    try (CheckpointWriter writer = new CheckpointWriter(run, 1, 0, 1, replica, Map.of())) {
      for (int round = 0; round <= rounds; round++) {
        double copy = seconds(this::copy);
        double plainSteps = seconds(this::trainSteps);
        double[] stall = new double[1];
        double withCheckpoint =
            seconds(
                () -> {
                  ParameterChecksum.of(replica.parameters());
                  stall[0] = seconds(() -> writer.begin(training.done()));
                  TrainingState state = state();
                  trainSteps();
                  writer.commit(state, writer.written(), new Retention(1, 0, Set.of()), () -> {});
                  writer.awaitCommit();
                });
        if (round > 0) {
          copies.add(copy);
          stalls.add(stall[0]);
          plain.add(plainSteps);
          with.add(withCheckpoint);
        }
      }
    }
    long bytes = VECTORS * Float.BYTES * replica.table().length();
    return new CheckpointReport(
        replica.table().length(),
        bytes,
        new Seconds(copies).median(),
        new Seconds(stalls).median(),
        new Seconds(plain).median(),
        new Seconds(with).median());
  }

  private TrainingState state() {
    return new TrainingState(
        training.done(), 0, 1, 0, TrainingState.Skips.NONE, Map.of(), PROVENANCE);
  }

  private void trainSteps() {
    for (int done = 0; done < steps; done++) {
      training.run();
    }
  }

  /** Copies as many bytes as a checkpoint has, through a buffer far larger than any cache. */
  private void copy() {
    long left = VECTORS * Float.BYTES * replica.table().length();
    while (left > 0) {
      int length = (int) Math.min(left, PIECE_BYTES);
      to.clear().limit(length).put(from.clear().limit(length));
      left -= length;
    }
  }

  private static double seconds(Runnable work) {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e9;
  }

  /**
   * The cost of checkpoints.
   *
   * @param parameters of the model
   * @param bytes of a checkpoint
   * @param copySeconds to copy as many bytes in memory
   * @param stallSeconds that training is blocked when a checkpoint begins
   * @param plainSeconds of the steps between two checkpoints, without a checkpoint
   * @param withCheckpointSeconds of as many steps while a checkpoint is written, from its beginning
   *     until it is committed or the steps are done, whichever is later; includes the comparison of
   *     checksums
   */
  public record CheckpointReport(
      long parameters,
      long bytes,
      double copySeconds,
      double stallSeconds,
      double plainSeconds,
      double withCheckpointSeconds) {

    /** The stall as a multiple of one copy. */
    public double stallInCopies() {
      return stallSeconds / copySeconds;
    }

    /** Fraction of the training speed that the checkpoint costs. */
    public double cost() {
      return 1 - plainSeconds / withCheckpointSeconds;
    }
  }
}
