package dev.larkspur.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.larkspur.checkpoint.CheckpointException;
import dev.larkspur.checkpoint.Safetensors;
import dev.larkspur.document.Sha256;
import dev.larkspur.engine.FlatVector;
import dev.larkspur.engine.Replica;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileStatus;

/**
 * The checkpoints of a run, {@code checkpoints/step-00000100-attempt-1/}: the tensors as
 * safetensors, the {@link TrainingState}, and the manifest that makes it count. Which is the newest
 * is told by names and content, never by time.
 */
public final class CheckpointStore {
  static final String STATE = "training-state.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunDirectory run;

  public CheckpointStore(RunDirectory run) {
    this.run = run;
  }

  /**
   * The newest complete checkpoint.
   *
   * @throws CheckpointException as {@link #newest(Set, Consumer)} does
   */
  public Optional<Checkpoint> newest() {
    return newest(Set.of(), warning -> {});
  }

  /**
   * The newest complete checkpoint. Directories without a whole manifest are leftovers of an
   * interrupted writer and passed over; damaged ones as well, with a warning.
   *
   * @param damaged ones that are known to be
   * @param warnings told of each that is found damaged
   * @throws CheckpointException if all complete ones are damaged, or one is of another version
   */
  public Optional<Checkpoint> newest(Set<CheckpointName> damaged, Consumer<String> warnings) {
    CheckpointException lost = null;
    for (CheckpointName name : newestFirst()) {
      try {
        Optional<CheckpointManifest> manifest = manifest(name);
        if (manifest.isPresent() && damaged.contains(name)) {
          throw damaged(name, name.directory(), "a file of it is not what its manifest says");
        }
        if (manifest.isPresent()) {
          requireWhole(name, manifest.get());
          return Optional.of(new Checkpoint(name, state(name, manifest.get())));
        }
      } catch (DamagedCheckpointException e) {
        lost = e;
        warnings.accept(e.getMessage());
      }
    }
    if (lost != null) {
      throw lost;
    }
    return Optional.empty();
  }

  /**
   * The complete checkpoint after a step, of the latest attempt that has one.
   *
   * @throws CheckpointException if it is damaged, or of another version
   */
  public Optional<Checkpoint> at(long step) {
    for (CheckpointName name : newestFirst()) {
      Optional<CheckpointManifest> manifest =
          name.step() == step ? manifest(name) : Optional.empty();
      if (manifest.isPresent()) {
        requireWhole(name, manifest.get());
        return Optional.of(new Checkpoint(name, state(name, manifest.get())));
      }
    }
    return Optional.empty();
  }

  /** Steps of which there is a checkpoint, complete or not, in ascending order. */
  public List<Long> steps() {
    return newestFirst().stream().map(CheckpointName::step).sorted().distinct().toList();
  }

  /**
   * What a checkpoint holds besides its tensors.
   *
   * @throws CheckpointException if it is damaged or gone
   */
  public TrainingState state(CheckpointName name) {
    return state(name, require(name));
  }

  /**
   * Reads parameters and moments; of those the part that the replica holds. A part passes through
   * the gradient, which is left without meaning.
   *
   * @throws CheckpointException if a file is damaged or of another model
   */
  public void load(CheckpointName name, Replica replica) {
    read(name, SavedVector.PARAMETERS, replica.parameters(), replica);
    readMoment(name, SavedVector.FIRST_MOMENT, replica);
    readMoment(name, SavedVector.SECOND_MOMENT, replica);
  }

  private void readMoment(CheckpointName name, SavedVector moment, Replica replica) {
    if (replica.shard().length() == replica.table().length()) {
      read(name, moment, moment.of(replica), replica);
    } else {
      read(name, moment, replica.gradient(), replica);
      moment.of(replica).copy(replica.shard().in(replica.gradient()));
    }
  }

  /**
   * Reads parameters only.
   *
   * @throws CheckpointException if the file is damaged or of another model
   */
  public void loadParameters(CheckpointName name, Replica replica) {
    read(name, SavedVector.PARAMETERS, replica.parameters(), replica);
  }

  /** Deletes what is not to stay, and what interrupted writers left below the newest. */
  void retain(Retention retention) {
    int complete = 0;
    for (CheckpointName name : newestFirst()) {
      boolean whole = run.has(name.file(CheckpointManifest.FILE));
      boolean leftover = complete > 0 && !whole;
      if (leftover || (whole && !retention.keeps(complete, name.step()))) {
        // The manifest goes first: half a checkpoint must not count.
        run.delete(name.file(CheckpointManifest.FILE));
        run.delete(name.directory());
      }
      complete += whole ? 1 : 0;
    }
  }

  private void read(CheckpointName name, SavedVector vector, FlatVector into, Replica replica) {
    List<StoredFile> parts = require(name).partsOf(vector);
    String file = name.file(vector.part(0, 1));
    try (CheckpointParts in = new CheckpointParts(run, name, parts)) {
      try {
        Safetensors.read(in, run.path(file).toString(), replica.table(), into);
      } catch (CheckpointException e) {
        // Another model, or a damaged header: the hashes tell, once all has been read.
        in.transferTo(OutputStream.nullOutputStream());
        throw e;
      }
    } catch (IOException e) {
      throw run.cannot("read", file, e);
    }
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
        "%s is damaged (%s): delete its directory %s, so that only the checkpoints before it count"
            .formatted(run.path(file), how, run.path(name.directory())));
  }

  private Optional<CheckpointManifest> manifest(CheckpointName name) {
    String file = name.file(CheckpointManifest.FILE);
    if (!run.has(file)) {
      return Optional.empty();
    }
    CheckpointManifest manifest;
    String text = run.readText(file);
    try {
      manifest = JSON.readValue(text, CheckpointManifest.class);
    } catch (JsonEOFException e) {
      // Cut short: its writer was interrupted, so the checkpoint never became complete.
      return Optional.empty();
    } catch (MismatchedInputException e) {
      if (text.isBlank()) {
        return Optional.empty();
      }
      throw damaged(name, file, "it is not the JSON that was written");
    } catch (JsonProcessingException e) {
      throw damaged(name, file, "it is not the JSON that was written");
    }
    if (manifest.version() != CheckpointManifest.VERSION) {
      throw new CheckpointException(
          "%s is of version %d, and this Larkspur reads version %d: use the Larkspur that wrote it, or another run.dir"
              .formatted(run.path(file), manifest.version(), CheckpointManifest.VERSION));
    }
    if (manifest.step() != name.step() || manifest.attempt() != name.attempt()) {
      throw damaged(
          name,
          file,
          "it is that of step %d, attempt %d".formatted(manifest.step(), manifest.attempt()));
    }
    return Optional.of(manifest);
  }

  private TrainingState state(CheckpointName name, CheckpointManifest manifest) {
    String file = name.file(STATE);
    byte[] bytes = run.read(file);
    boolean asWritten =
        manifest.files().stream()
            .anyMatch(
                stored -> stored.name().equals(STATE) && stored.sha256().equals(Sha256.hex(bytes)));
    if (!asWritten) {
      throw damaged(name, file, "its SHA-256 is not that of the manifest");
    }
    try {
      return JSON.readValue(bytes, TrainingState.class);
    } catch (IOException e) {
      throw damaged(name, file, "it is not the JSON that was written");
    }
  }

  private List<CheckpointName> newestFirst() {
    return run.list(CheckpointName.ROOT).stream()
        .flatMap(status -> CheckpointName.parse(status.getPath().getName()).stream())
        .sorted(Comparator.reverseOrder())
        .toList();
  }
}
