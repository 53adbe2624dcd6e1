package dev.larkspur.run;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.run.CheckpointReader.SubsetReader;
import dev.larkspur.run.CheckpointWriter.KnownCheckpoints;
import dev.larkspur.safetensors.ParameterSubset;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.tensor.FlatVector;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileStatus;

/**
 * The checkpoints of a run, {@code checkpoints/step-00000100-attempt-1/}: the tensors as
 * safetensors, the {@link TrainingState}, and the manifest that commits it. Names and content
 * determine the newest one, never file times.
 */
public final class CheckpointStore {
  static final String STATE = "training-state.json";

  private final RunDirectory run;

  public CheckpointStore(RunDirectory run) {
    this.run = run;
  }

  /**
   * The newest complete checkpoint.
   *
   * @throws SafetensorsException as {@link #newest(Set, Consumer)} does
   */
  public Optional<Checkpoint> newest() {
    return newest(Set.of(), warning -> {});
  }

  /**
   * The newest complete checkpoint. Skips directories without a complete manifest, which an
   * interrupted writer has left, and damaged checkpoints, with a warning.
   *
   * @param damaged checkpoints that are known to be damaged
   * @param warnings receives a message for each damaged checkpoint
   * @throws SafetensorsException if all complete checkpoints are damaged, one has another version,
   *     or an imported run has none
   */
  public Optional<Checkpoint> newest(Set<CheckpointName> damaged, Consumer<String> warnings) {
    SafetensorsException lost = null;
    for (CheckpointName name : newestFirst()) {
      try {
        Optional<CheckpointManifest> manifest = manifest(name);
        if (manifest.isPresent() && damaged.contains(name)) {
          throw damaged(name, name.directory(), "a file does not match the manifest");
        }
        if (manifest.isPresent()) {
          requireComplete(name, manifest.get());
          return Optional.of(checkpoint(name, manifest.get()));
        }
      } catch (DamagedCheckpointException e) {
        lost = e;
        warnings.accept(e.getMessage());
      }
    }
    if (lost != null) {
      throw lost;
    }
    if (new AttemptLog(run).startedFromImport()) {
      throw new SafetensorsException(
          "%s was imported, and its first checkpoint is no longer complete: import the model again, into another directory"
              .formatted(run.path("")));
    }
    return Optional.empty();
  }

  /**
   * The complete checkpoint of a step, from the latest attempt that has one.
   *
   * @throws SafetensorsException if it is damaged or has another version
   */
  public Optional<Checkpoint> at(long step) {
    for (CheckpointName name : newestFirst()) {
      Optional<CheckpointManifest> manifest =
          name.step() == step ? manifest(name) : Optional.empty();
      if (manifest.isPresent()) {
        requireComplete(name, manifest.get());
        return Optional.of(checkpoint(name, manifest.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * The newest checkpoint that is committed, read from its manifest alone: whether all of its files
   * are still there is not checked. A damaged manifest is skipped.
   */
  public Optional<Commit> newestCommit() {
    for (CheckpointName name : newestFirst()) {
      try {
        if (manifest(name).isPresent()) {
          return run.written(name.file(CheckpointManifest.FILE))
              .map(time -> new Commit(name, time));
        }
      } catch (SafetensorsException damaged) {
        // Whoever resumes from it reports it.
      }
    }
    return Optional.empty();
  }

  /**
   * A committed checkpoint.
   *
   * @param name its attempt and step
   * @param time when it was committed, by the clock of the file system
   */
  public record Commit(CheckpointName name, Instant time) {}

  /** Steps with a checkpoint, complete or not, in ascending order. */
  public List<Long> steps() {
    return newestFirst().stream().map(CheckpointName::step).sorted().distinct().toList();
  }

  /**
   * Reads parameters, optimiser state and exchange state. A collective operation, in which each
   * byte is read once.
   *
   * @param exchange vectors by name, all zero
   * @throws SafetensorsException if a file is damaged or of another model
   */
  public void load(
      Checkpoint checkpoint, Replica replica, Collective peers, Map<String, FlatVector> exchange) {
    CheckpointReader reader = new CheckpointReader(run, checkpoint, peers, replica.table());
    reader.readInto(replica);
    reader.readExchange(exchange);
  }

  /**
   * Reads parameters and optimiser state of a larger model, and skips what the replica lacks. A
   * collective operation, in which rank 0 reads.
   *
   * @param stored layout of what the checkpoint holds
   * @throws SafetensorsException if a file is damaged or of another model
   */
  public void loadPart(
      Checkpoint checkpoint, ParameterTable stored, Replica replica, Collective peers) {
    new SubsetReader(run, checkpoint, stored, replica, peers).read();
  }

  /**
   * Reads parameters only; not a collective operation.
   *
   * @throws SafetensorsException if the file is damaged or of another model, or not finite
   */
  public void loadParameters(CheckpointName name, Replica replica) {
    loadParameters(name, replica.table(), replica);
  }

  /**
   * Reads parameters of a model that may have more than the replica; those are skipped.
   *
   * @param stored layout of what the checkpoint holds
   */
  public void loadParameters(CheckpointName name, ParameterTable stored, Replica replica) {
    FlatVector into =
        stored.length() == replica.table().length()
            ? replica.parameters()
            : new ParameterSubset(stored, replica.table(), replica.parameters());
    new CheckpointReader(run, checkpoint(name, require(name)), new SingleWorker(), stored)
        .readAll(SavedVector.PARAMETERS, into);
    if (!replica.parameters().isFinite()) {
      throw new SafetensorsException(
          "the parameters in %s are not finite (NaN or infinite): the training has diverged. Delete this directory, so that an older checkpoint is used, or use another run"
              .formatted(run.path(name.directory())));
    }
  }

  /** Deletes a checkpoint. */
  public void discard(CheckpointName name) {
    // The manifest first: an incompletely deleted checkpoint must not appear committed.
    run.delete(name.file(CheckpointManifest.FILE));
    run.delete(name.directory());
  }

  /**
   * Deletes checkpoints that exceed the retention, and those that interrupted writers left before
   * the newest complete one. A checkpoint counts as complete only after its manifest and file
   * lengths were checked, so that no usable checkpoint is deleted in favour of an unusable one.
   *
   * @param known cached results of these checks; this call adds its own
   */
  void retain(Retention retention, KnownCheckpoints known) {
    int complete = 0;
    for (CheckpointName name : newestFirst()) {
      boolean enough = complete >= retention.keep();
      boolean committed = isCommitted(name, known);
      boolean leftover = complete > 0 && !committed;
      if (leftover || (committed && !retention.keeps(complete, name.step()))) {
        discard(name);
      } else if (!enough
          && committed
          && !retention.uncounted().contains(name)
          && isComplete(name, known)) {
        complete++;
      }
    }
  }

  private boolean isCommitted(CheckpointName name, KnownCheckpoints known) {
    if (!known.isCommitted(name) && run.hasFile(name.file(CheckpointManifest.FILE))) {
      known.addCommitted(name);
    }
    return known.isCommitted(name);
  }

  private boolean isComplete(CheckpointName name, KnownCheckpoints known) {
    if (!known.isComplete(name) && isComplete(name)) {
      known.addComplete(name);
    }
    return known.isComplete(name);
  }

  private boolean isComplete(CheckpointName name) {
    try {
      Optional<CheckpointManifest> manifest = manifest(name);
      manifest.ifPresent(found -> requireComplete(name, found));
      return manifest.isPresent();
    } catch (SafetensorsException e) {
      // Includes checkpoints of another version, which cannot be used either.
      return false;
    }
  }

  private Checkpoint checkpoint(CheckpointName name, CheckpointManifest manifest) {
    return new Checkpoint(name, state(name, manifest), manifest.files());
  }

  private CheckpointManifest require(CheckpointName name) {
    return manifest(name)
        .orElseThrow(() -> damaged(name, name.file(CheckpointManifest.FILE), "it is missing"));
  }

  private void requireComplete(CheckpointName name, CheckpointManifest manifest) {
    Map<String, Long> lengths = new HashMap<>();
    for (FileStatus status : run.list(name.directory())) {
      lengths.put(status.getPath().getName(), status.getLen());
    }
    for (StoredFile file : manifest.files()) {
      Long length = lengths.get(file.name());
      if (length == null) {
        throw damaged(name, name.file(file.name()), "it is missing");
      }
      if (length != file.bytes()) {
        throw damaged(
            name,
            name.file(file.name()),
            "it has %,d bytes, not %,d".formatted(length, file.bytes()));
      }
    }
  }

  private DamagedCheckpointException damaged(CheckpointName name, String file, String how) {
    return damaged(run, name, file, how);
  }

  static DamagedCheckpointException damaged(
      RunDirectory run, CheckpointName name, String file, String how) {
    return new DamagedCheckpointException(
        name,
        "%s is damaged (%s): delete its directory %s, so that the run uses the checkpoints before it"
            .formatted(run.path(file), how, run.path(name.directory())));
  }

  private Optional<CheckpointManifest> manifest(CheckpointName name) {
    String file = name.file(CheckpointManifest.FILE);
    if (!run.has(file)) {
      return Optional.empty();
    }
    try {
      return CheckpointManifest.read(name, run.path(file).toString(), run.read(file));
    } catch (IllegalArgumentException e) {
      throw damaged(name, file, e.getMessage());
    }
  }

  private TrainingState state(CheckpointName name, CheckpointManifest manifest) {
    String file = name.file(STATE);
    byte[] bytes = run.read(file);
    boolean asWritten =
        manifest.files().stream()
            .anyMatch(
                stored -> stored.name().equals(STATE) && stored.crc32c().equals(Crc32c.hex(bytes)));
    if (!asWritten) {
      throw damaged(name, file, "its CRC-32C is not that of the manifest");
    }
    TrainingState state;
    try {
      state = Json.read(bytes, TrainingState.class);
    } catch (IOException e) {
      throw damaged(name, file, "it is not the JSON that was written");
    }
    if (state.step() != name.step()) {
      throw damaged(name, file, "it is that of step %d".formatted(state.step()));
    }
    return state;
  }

  private List<CheckpointName> newestFirst() {
    return run.list(CheckpointName.ROOT).stream()
        .flatMap(status -> CheckpointName.parse(status.getPath().getName()).stream())
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** A complete checkpoint has been damaged since it was written. */
  public static final class DamagedCheckpointException extends SafetensorsException {
    private static final long serialVersionUID = 1L;

    private final CheckpointName name;

    DamagedCheckpointException(CheckpointName name, String message) {
      super(message);
      this.name = name;
    }

    /** The damaged checkpoint. */
    public CheckpointName name() {
      return name;
    }
  }

  /**
   * Which complete checkpoints are kept.
   *
   * @param keep number of newest complete checkpoints to keep, at least 1
   * @param keepEvery checkpoints at multiples of this step are also kept; 0 for none
   * @param uncounted checkpoints that do not count towards {@code keep}: they were found damaged,
   *     or were written while updates were being skipped
   */
  public record Retention(int keep, int keepEvery, Set<CheckpointName> uncounted)
      implements Serializable {
    /** Copies the set. */
    public Retention {
      uncounted = Set.copyOf(uncounted);
    }

    /** This retention with one more uncounted checkpoint. */
    public Retention notCounting(CheckpointName name) {
      Set<CheckpointName> more = new HashSet<>(uncounted);
      more.add(name);
      return new Retention(keep, keepEvery, more);
    }

    /**
     * Whether a checkpoint is kept.
     *
     * @param newer number of newer complete checkpoints
     */
    boolean keeps(int newer, long step) {
      return newer < keep || (keepEvery > 0 && step % keepEvery == 0);
    }
  }
}
