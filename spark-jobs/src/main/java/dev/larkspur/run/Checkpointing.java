package dev.larkspur.run;

import dev.larkspur.collective.Collective;

import java.util.List;

/**
 * Takes checkpoints while training goes on: a copy at once, files in the background, and when all
 * ranks have theirs, rank 0 makes the checkpoint count. Every rank calls the same methods at the
 * same steps.
 */
public final class Checkpointing implements AutoCloseable {
  private final CheckpointWriter writer;
  private final Collective peers;
  private final Retention retention;
  private TrainingState pending;
  private Runnable metrics;

  public Checkpointing(CheckpointWriter writer, Collective peers, Retention retention) {
    this.writer = writer;
    this.peers = peers;
    this.retention = retention;
  }

  /**
   * Copies the vectors; returns as soon as they may change, once the checkpoint before is done.
   *
   * @param writeMetrics writes the metrics up to this step
   */
  public void begin(TrainingState state, Runnable writeMetrics) {
    finish();
    writer.begin(state.step());
    pending = state;
    metrics = writeMetrics;
  }

  /** 1 if this rank has written its files, else 0: to be summed over all ranks. */
  public double written() {
    return pending != null && writer.isWritten() ? 1 : 0;
  }

  /**
   * Lets the checkpoint count once all ranks have written their files; fails as soon as the last
   * one could not be made to count.
   *
   * @param ranks the sum of {@link #written}
   */
  public void poll(double ranks) {
    writer.checkCommit();
    if (pending != null && ranks == peers.worldSize()) {
      commit();
    }
  }

  /** Waits until the checkpoint that was begun counts. */
  public void finish() {
    if (pending != null) {
      commit();
    }
    writer.awaitCommit();
  }

  private void commit() {
    List<StoredFile> files = FileExchange.gather(writer.written(), peers, writer::partName);
    if (peers.rank() == 0) {
      writer.commit(pending, files, retention, metrics);
    }
    pending = null;
    metrics = null;
  }

  @Override
  public void close() {
    writer.close();
  }
}
