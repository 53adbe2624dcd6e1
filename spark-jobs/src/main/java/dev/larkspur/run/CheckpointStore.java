package dev.larkspur.run;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.run.CheckpointWriter.KnownCheckpoints;
import dev.larkspur.safetensors.ParameterSubset;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.tensor.FlatVector;
import java.io.IOException;
import java.io.Serializable;
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
 * safetensors, the {@link TrainingState}, and the manifest that commits it. Which is the newest
 * follows from names and content, never from time.
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
   * The newest complete checkpoint. Directories without a whole manifest are leftovers of an
   * interrupted writer and skipped; damaged ones as well, with a warning.
   *
   * @param damaged ones that are known to be
   * @param warnings receives each that is found damaged
   * @throws SafetensorsException if all complete ones are damaged, one is of another version, or an
   *     imported run has none
   */
  public Optional<Checkpoint> newest(Set<CheckpointName> damaged, Consumer<String> warnings) {
    SafetensorsException lost = null;
    for (CheckpointName name : newestFirst()) {
      try {
        Optional<CheckpointManifest> manifest = manifest(name);
        if (manifest.isPresent() && damaged.contains(name)) {
          throw damaged(name, name.directory(), "a file of it is not what its manifest says");
        }
        if (manifest.isPresent()) {
          requireWhole(name, manifest.get());
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
    if (new AttemptLog(run).beganWithImport()) {
      throw new SafetensorsException(
          "%s was imported, and its first checkpoint is not complete any more: import the model again, into another directory"
              .formatted(run.path("")));
    }
    return Optional.empty();
  }

  /**
   * The complete checkpoint after a step, of the latest attempt that has one.
   *
   * @throws SafetensorsException if it is damaged, or of another version
   */
  public Optional<Checkpoint> at(long step) {
    for (CheckpointName name : newestFirst()) {
      Optional<CheckpointManifest> manifest =
          name.step() == step ? manifest(name) : Optional.empty();
      if (manifest.isPresent()) {
        requireWhole(name, manifest.get());
        return Optional.of(checkpoint(name, manifest.get()));
      }
    }
    return Optional.empty();
  }

  /** Steps of which there is a checkpoint, complete or not, in ascending order. */
  public List<Long> steps() {
    return newestFirst().stream().map(CheckpointName::step).sorted().distinct().toList();
  }

  /**
   * Reads parameters, moments and what the exchange of gradients carries on: called by all workers
   * together, so that every byte is read once.
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
   * Reads parameters and moments of a larger model, and skips what the replica lacks; called by all
   * workers together, of which the first reads.
   *
   * @param stored layout of what the checkpoint holds
   * @throws SafetensorsException if a file is damaged or of another model
   */
  public void loadPart(
      Checkpoint checkpoint, ParameterTable stored, Replica replica, Collective peers) {
    new SubsetReader(run, checkpoint, stored, replica, peers).read();
  }

  /**
   * Reads parameters only, by one worker alone.
   *
   * @throws SafetensorsException if the file is damaged or of another model, or not finite
   */
  public void loadParameters(CheckpointName name, Replica replica) {
    loadParameters(name, replica.table(), replica);
  }

  /**
   * The same of a model that may have more parameters than the replica; those are skipped.
   *
   * @param stored layout of what the checkpoint holds
   */
  public void loadParameters(CheckpointName name, ParameterTable stored, Replica replica) {
    FlatVector into =
        stored.length() == replica.table().length()
            ? replica.parameters()
            : new ParameterSubset(stored, replica.table(), replica.parameters());
    new CheckpointReader(run, checkpoint(name, require(name)), new SingleWorker(), stored)
        .readWhole(SavedVector.PARAMETERS, into);
    if (!replica.parameters().isFinite()) {
      throw new SafetensorsException(
          "the parameters in %s are not finite (NaN or infinite): the training has diverged. Delete this directory, so that an older checkpoint is the newest, or use another run"
              .formatted(run.path(name.directory())));
    }
  }

  /** Deletes a checkpoint. */
  public void discard(CheckpointName name) {
    // The manifest goes first: half a checkpoint must not look committed.
    run.delete(name.file(CheckpointManifest.FILE));
    run.delete(name.directory());
  }

  /**
   * Deletes what is not to stay, and what interrupted writers left below the newest whole one.
   * Whatever is taken for whole has been read, so that nothing is deleted for the sake of one that
   * cannot be resumed from.
   *
   * @param known what is known already; more is added
   */
  void retain(Retention retention, KnownCheckpoints known) {
    int whole = 0;
    for (CheckpointName name : newestFirst()) {
      boolean enough = whole >= retention.keep();
      boolean committed = isCommitted(name, known);
      boolean leftover = whole > 0 && !committed;
      if (leftover || (committed && !retention.keeps(whole, name.step()))) {
        discard(name);
      } else if (!enough
          && committed
          && !retention.uncounted().contains(name)
          && isWhole(name, known)) {
        whole++;
      }
    }
  }

  private boolean isCommitted(CheckpointName name, KnownCheckpoints known) {
    if (!known.isCommitted(name) && run.hasFile(name.file(CheckpointManifest.FILE))) {
      known.addCommitted(name);
    }
    return known.isCommitted(name);
  }

  private boolean isWhole(CheckpointName name, KnownCheckpoints known) {
    if (!known.isWhole(name) && isWhole(name)) {
      known.addWhole(name);
    }
    return known.isWhole(name);
  }

  private boolean isWhole(CheckpointName name) {
    try {
      Optional<CheckpointManifest> manifest = manifest(name);
      manifest.ifPresent(found -> requireWhole(name, found));
      return manifest.isPresent();
    } catch (SafetensorsException e) {
      // One of another version is of no use either.
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

  private void requireWhole(CheckpointName name, CheckpointManifest manifest) {
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

    /** Which one. */
    public CheckpointName name() {
      return name;
    }
  }

  /**
   * Which complete checkpoints stay.
   *
   * @param keep so many of the newest whole ones, at least 1
   * @param keepEvery and those of steps that it divides; 0 for none
   * @param uncounted ones that are not among the newest to keep: the run has found them damaged, or
   *     they were written while updates were being skipped
   */
  public record Retention(int keep, int keepEvery, Set<CheckpointName> uncounted)
      implements Serializable {
    /** Copies the set. */
    public Retention {
      uncounted = Set.copyOf(uncounted);
    }

    /** The same, with one more checkpoint that is not counted. */
    public Retention notCounting(CheckpointName name) {
      Set<CheckpointName> more = new HashSet<>(uncounted);
      more.add(name);
      return new Retention(keep, keepEvery, more);
    }

    /**
     * Whether one stays.
     *
     * @param newer whole ones that are newer
     */
    boolean keeps(int newer, long step) {
      return newer < keep || (keepEvery > 0 && step % keepEvery == 0);
    }
  }
}
