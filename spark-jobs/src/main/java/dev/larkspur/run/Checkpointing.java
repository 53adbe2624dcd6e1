package dev.larkspur.run;

import dev.larkspur.collective.Collective;
import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.run.CheckpointStore.Retention;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes checkpoints asynchronously: vectors are copied synchronously, files are written in the
 * background, and rank 0 commits the checkpoint after all ranks have written their files. Every
 * rank calls the same methods at the same steps.
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
   * Copies the vectors, after the previous checkpoint is committed; they may change as soon as this
   * returns.
   *
   * @param flushMetrics returns when the metrics up to this step are written
   */
  public void begin(TrainingState state, Runnable flushMetrics) {
    finish();
    writer.begin(state.step());
    pending = state;
    metrics = flushMetrics;
  }

  /** 1 if this rank has written its files, else 0; to be summed over all ranks. */
  public double written() {
    return pending != null && writer.isWritten() ? 1 : 0;
  }

  /**
   * Commits the checkpoint once all ranks have written their files; throws if the last commit has
   * failed.
   *
   * @param ranks the sum of {@link #written}
   */
  public void poll(double ranks) {
    writer.checkCommit();
    if (pending != null && ranks == peers.worldSize()) {
      commit();
    }
  }

  /** Waits until the current checkpoint is committed. */
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

  /**
   * Gathers the files that each rank has written, by an all-reduce in which each element is
   * non-zero on one rank only.
   */
  private static final class FileExchange {
    private static final int PER_FILE = 2;

    private FileExchange() {}

    /** Returns the name of a file of a rank. */
    interface Names {
      String of(int rank, int file);
    }

    /**
     * All ranks' files, in the order of ranks.
     *
     * @param own this rank's files; every rank has the same number
     */
    static List<StoredFile> gather(List<StoredFile> own, Collective peers, Names names) {
      double[] numbers = new double[peers.worldSize() * own.size() * PER_FILE];
      int at = peers.rank() * own.size() * PER_FILE;
      for (StoredFile file : own) {
        // Exact: lengths are below 2^53, and checksums below 2^32.
        numbers[at++] = file.bytes();
        numbers[at++] = Long.parseLong(file.crc32c(), 16);
      }
      peers.allReduceSum(numbers);
      List<StoredFile> all = new ArrayList<>();
      for (int first = 0; first < numbers.length; first += PER_FILE) {
        int index = first / PER_FILE;
        all.add(
            new StoredFile(
                names.of(index / own.size(), index % own.size()),
                (long) numbers[first],
                String.format(Locale.ROOT, "%08x", (long) numbers[first + 1])));
      }
      return all;
    }
  }
}
