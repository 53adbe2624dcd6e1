package dev.larkspur.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.engine.Replica;
import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.run.CheckpointStore.Retention;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.run.SavedVector.ExchangeFiles;
import dev.larkspur.safetensors.Safetensors;
import dev.larkspur.storage.NewFile;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.FlatVector.HostCopy;
import dev.larkspur.tensor.Shard;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.CRC32C;

/**
 * Writes the files of one rank. It copies the rank's range of the vectors, and writes the copy
 * while training continues. After all ranks have written their files, rank 0 commits the
 * checkpoint. Used by one thread, to which failures of the background thread are reported.
 */
public final class CheckpointWriter implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(CheckpointWriter.class.getName());
  private static final ObjectMapper JSON = Json.mapper();
  private static final long GRACE_SECONDS = 60;

  private final RunDirectory run;
  private final int attempt;
  private final int rank;
  private final int worldSize;
  private final Replica replica;
  private final List<SavedVector> vectors;
  private final SortedMap<String, FlatVector> exchange;
  private final List<HostCopy> copies = new ArrayList<>();
  private final ExecutorService background;
  private Future<List<StoredFile>> writing;
  private Future<?> committing;

  /** This field and the next are used by the background thread only. */
  private final KnownCheckpoints known = new KnownCheckpoints();

  private boolean marked;

  /**
   * @param attempt number of the attempt
   * @param rank of this worker
   * @param worldSize number of workers
   * @param exchange state vectors of this worker's gradient exchange, by name
   */
  public CheckpointWriter(
      RunDirectory run,
      int attempt,
      int rank,
      int worldSize,
      Replica replica,
      Map<String, FlatVector> exchange) {
    this.run = run;
    this.attempt = attempt;
    this.rank = rank;
    this.worldSize = worldSize;
    this.replica = replica;
    this.vectors = SavedVector.all(replica);
    this.exchange = new TreeMap<>(exchange);
    this.background =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "checkpoints of rank " + rank);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Name of the file of a rank at an index of {@link #written}. */
  public String partName(int ofRank, int file) {
    return file < vectors.size()
        ? vectors.get(file).part(ofRank, worldSize)
        : ExchangeFiles.name(
            List.copyOf(exchange.keySet()).get(file - vectors.size()), ofRank, worldSize);
  }

  /** Copies this rank's range of the vectors, and starts to write the copy. */
  public void begin(long step) {
    if (copies.isEmpty()) {
      vectors.forEach(vector -> copies.add(copy(vector)));
      exchange.values().forEach(vector -> copies.add(vector.hostCopy(0, vector.length())));
    }
    copies.forEach(HostCopy::take);
    CheckpointName name = new CheckpointName(attempt, step);
    writing = background.submit(() -> writeParts(name));
  }

  private HostCopy copy(SavedVector vector) {
    Shard own = Shard.of(replica.table().length(), rank, worldSize);
    FlatVector values = vector.of(replica);
    // The state of a sharded optimiser consists of this range only.
    return values.length() == own.length()
        ? values.hostCopy(0, own.length())
        : values.hostCopy(own.offset(), own.offset() + own.length());
  }

  /** Whether writing this rank's files has completed or failed. */
  public boolean isWritten() {
    return writing != null && writing.isDone();
  }

  /**
   * Waits until this rank's files have been written.
   *
   * @throws StoreException if writing failed
   */
  public List<StoredFile> written() {
    return result(writing);
  }

  /**
   * Starts to commit the checkpoint, on rank 0: writes the state, then the manifest, and deletes
   * checkpoints that exceed the retention.
   *
   * @param state of the step passed to {@link #begin}
   * @param files of all ranks
   * @param first work to complete before the commit; runs in the background
   */
  public void commit(
      TrainingState state, List<StoredFile> files, Retention retention, Runnable first) {
    CheckpointName name = new CheckpointName(attempt, state.step());
    List<StoredFile> all = new ArrayList<>(files);
    committing =
        background.submit(
            () -> {
              first.run();
              // Checked as late as possible, because the work before may take long.
              new AttemptLog(run).requireNewest(attempt);
              all.add(
                  write(name, CheckpointStore.STATE, out -> out.write(json(Json.write(state)))));
              CheckpointManifest manifest =
                  new CheckpointManifest(
                      CheckpointManifest.VERSION, name.step(), name.attempt(), all);
              write(name, CheckpointManifest.FILE, out -> out.write(manifest.toJson()));
              markFirst(name);
              known.addComplete(name);
              retain(state.skips().inRow() > 0 ? retention.notCounting(name) : retention);
            });
  }

  /**
   * Waits until the last checkpoint is committed.
   *
   * @throws StoreException if it could not be written
   */
  public void awaitCommit() {
    if (committing != null) {
      result(committing);
    }
  }

  /** Throws the failure of the last commit, if it has failed already. */
  public void checkCommit() {
    if (committing != null && committing.isDone()) {
      result(committing);
    }
  }

  /** Distinguishes a run whose checkpoints were deleted from a new one. */
  private void markFirst(CheckpointName name) {
    if (!marked) {
      new AttemptLog(run).committed(name);
      marked = true;
    }
  }

  private void retain(Retention retention) {
    try {
      new CheckpointStore(run).retain(retention, known);
    } catch (StoreException e) {
      // The checkpoint is committed. The next commit retries the deletion.
      LOG.log(Level.WARNING, "cannot delete old checkpoints yet", e);
    }
  }

  private List<StoredFile> writeParts(CheckpointName name) {
    List<StoredFile> files = new ArrayList<>();
    for (int i = 0; i < copies.size(); i++) {
      HostCopy copy = copies.get(i);
      boolean begins = rank == 0 || i >= vectors.size();
      files.add(
          write(
              name,
              partName(rank, i),
              out -> {
                if (begins) {
                  Map<String, String> metadata = Map.of("step", Long.toString(name.step()));
                  Safetensors.writeHeader(out, replica.table(), metadata);
                }
                Safetensors.writeElements(out, copy::read, copy.length());
              }));
    }
    return files;
  }

  private interface Content {
    void to(OutputStream out) throws IOException;
  }

  private StoredFile write(CheckpointName checkpoint, String name, Content content) {
    String file = checkpoint.file(name);
    try (ChecksummedOutput out = new ChecksummedOutput(run.create(file))) {
      content.to(out);
      return out.sync(name);
    } catch (IOException e) {
      throw run.cannot("write", file, e);
    }
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while a checkpoint was being written", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new StoreException("a checkpoint could not be written: " + e.getCause(), e.getCause());
    }
  }

  private static byte[] json(Object value) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    }
  }

  /** Cancels pending writes; the checkpoint is then not committed. */
  @Override
  public void close() {
    background.shutdownNow();
    try {
      // The copies must not be freed while they are being read.
      if (background.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        copies.forEach(HostCopy::close);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Caches which checkpoints were checked: no other process writes to them, and none changes after
   * it was written.
   */
  static final class KnownCheckpoints {
    private final Set<CheckpointName> committed = new HashSet<>();
    private final Set<CheckpointName> complete = new HashSet<>();

    /** Adds a checkpoint that has a manifest. */
    void addCommitted(CheckpointName name) {
      committed.add(name);
    }

    /** Adds a checkpoint whose files were checked or have just been written. */
    void addComplete(CheckpointName name) {
      committed.add(name);
      complete.add(name);
    }

    boolean isCommitted(CheckpointName name) {
      return committed.contains(name);
    }

    boolean isComplete(CheckpointName name) {
      return complete.contains(name);
    }
  }

  /** A new file, with its length and checksum. */
  private static final class ChecksummedOutput extends FilterOutputStream {
    private final NewFile file;
    private final CRC32C crc = new CRC32C();
    private long bytes;

    ChecksummedOutput(NewFile file) {
      super(file);
      this.file = file;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      crc.update(value);
      bytes++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
      crc.update(source, offset, length);
      bytes += length;
    }

    /** Persists the file, so that it survives a power failure, if the file system supports that. */
    StoredFile sync(String name) throws IOException {
      file.sync();
      return new StoredFile(name, bytes, Crc32c.hex(crc.getValue()));
    }
  }
}
