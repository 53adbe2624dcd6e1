package dev.larkspur.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.larkspur.checkpoint.CheckpointException;
import dev.larkspur.checkpoint.Safetensors;
import dev.larkspur.engine.FlatVector;
import dev.larkspur.engine.Replica;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;

/**
 * The checkpoints of a run: {@code checkpoints/step-00000100/} with the tensors as safetensors, the
 * {@link TrainingState}, and the manifest that makes it count. Which is the newest is told by step
 * and content, never by time.
 */
public final class CheckpointStore {
  private static final String ROOT = "checkpoints";
  private static final Pattern DIRECTORY = Pattern.compile("step-(\\d{8,})");
  private static final String MANIFEST = "manifest.json";
  private static final String STATE = "training-state.json";
  private static final String MODEL = "model.safetensors";
  private static final String FIRST_MOMENT = "adamw-first-moment.safetensors";
  private static final String SECOND_MOMENT = "adamw-second-moment.safetensors";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RunDirectory run;

  public CheckpointStore(RunDirectory run) {
    this.run = run;
  }

  /**
   * The complete checkpoint with the highest step. Directories without a whole manifest are
   * leftovers of an interrupted writer and passed over.
   *
   * @throws CheckpointException if a complete one has been damaged since: going on from an older
   *     one is then a decision to take
   */
  public Optional<Checkpoint> newest() {
    for (long step : stepsDescending()) {
      Optional<CheckpointManifest> manifest = manifest(step);
      if (manifest.isPresent()) {
        requireWhole(manifest.get());
        return Optional.of(new Checkpoint(step, directory(step), state(step)));
      }
    }
    return Optional.empty();
  }

  /** Writes a checkpoint; when this returns, it is complete. */
  public void save(TrainingState state, Replica replica) {
    save(state, replica, replica::firstMoment, replica::secondMoment);
  }

  /**
   * Writes a checkpoint of a replica that has only a {@link Replica#shard} of the moments.
   *
   * @param firstMoment asked once for the whole, when it is its turn
   * @param secondMoment asked once the first has been written
   */
  public void save(
      TrainingState state,
      Replica replica,
      Supplier<FlatVector> firstMoment,
      Supplier<FlatVector> secondMoment) {
    String directory = directory(state.step());
    // A manifest from an earlier try would vouch for files that are about to change.
    run.delete(directory + "/" + MANIFEST);
    List<StoredFile> files = new ArrayList<>();
    files.add(write(state, MODEL, replica.parameters(), replica));
    files.add(write(state, FIRST_MOMENT, firstMoment.get(), replica));
    files.add(write(state, SECOND_MOMENT, secondMoment.get(), replica));
    files.add(writeState(state));
    byte[] manifest = json(new CheckpointManifest(CheckpointManifest.VERSION, state.step(), files));
    run.write(directory + "/" + MANIFEST, manifest);
  }

  /**
   * Reads parameters and moments; of those the part that the replica holds. A part passes through
   * the gradient, which is left without meaning.
   *
   * @throws CheckpointException if a file is damaged or of another model
   */
  public void load(Checkpoint checkpoint, Replica replica) {
    read(checkpoint, MODEL, replica.parameters(), replica);
    readMoment(checkpoint, FIRST_MOMENT, replica.firstMoment(), replica);
    readMoment(checkpoint, SECOND_MOMENT, replica.secondMoment(), replica);
  }

  private void readMoment(Checkpoint checkpoint, String name, FlatVector into, Replica replica) {
    if (replica.shard().length() == replica.table().length()) {
      read(checkpoint, name, into, replica);
    } else {
      read(checkpoint, name, replica.gradient(), replica);
      into.copy(replica.shard().in(replica.gradient()));
    }
  }

  /**
   * Reads parameters only.
   *
   * @throws CheckpointException if the file is damaged or of another model
   */
  public void loadParameters(Checkpoint checkpoint, Replica replica) {
    read(checkpoint, MODEL, replica.parameters(), replica);
  }

  /**
   * Deletes all but the newest complete checkpoints, and what interrupted writers left below them.
   */
  public void keepNewest(int keep) {
    int complete = 0;
    for (long step : stepsDescending()) {
      boolean whole = manifest(step).isPresent();
      if (complete >= keep || (complete > 0 && !whole)) {
        // The manifest goes first: half a checkpoint must not count.
        run.delete(directory(step) + "/" + MANIFEST);
        run.delete(directory(step));
      } else if (whole) {
        complete++;
      }
    }
  }

  private StoredFile write(TrainingState state, String name, FlatVector vector, Replica replica) {
    String file = directory(state.step()) + "/" + name;
    try (HashingStreams.Output out = new HashingStreams.Output(run.create(file))) {
      Safetensors.write(out, replica.table(), vector, Map.of("step", Long.toString(state.step())));
      return out.as(name);
    } catch (IOException e) {
      throw run.cannot("write", file, e);
    }
  }

  private StoredFile writeState(TrainingState state) {
    String file = directory(state.step()) + "/" + STATE;
    try (HashingStreams.Output out = new HashingStreams.Output(run.create(file))) {
      OutputStream plain = out;
      plain.write(json(state));
      return out.as(STATE);
    } catch (IOException e) {
      throw run.cannot("write", file, e);
    }
  }

  private void read(Checkpoint checkpoint, String name, FlatVector into, Replica replica) {
    String file = checkpoint.directory() + "/" + name;
    StoredFile stored =
        manifest(checkpoint.step())
            .flatMap(manifest -> find(manifest, name))
            .orElseThrow(() -> damaged(file, "its manifest does not list it"));
    try (HashingStreams.Input in = new HashingStreams.Input(run.open(file))) {
      Safetensors.read(in, run.path(file).toString(), replica.table(), into);
      if (!in.sha256Hex().equals(stored.sha256())) {
        throw damaged(file, "its SHA-256 is not that of the manifest");
      }
    } catch (IOException e) {
      throw run.cannot("read", file, e);
    }
  }

  private static Optional<StoredFile> find(CheckpointManifest manifest, String name) {
    return manifest.files().stream().filter(file -> file.name().equals(name)).findFirst();
  }

  private void requireWhole(CheckpointManifest manifest) {
    String directory = directory(manifest.step());
    Map<String, Long> lengths = new HashMap<>();
    for (FileStatus status : run.list(directory)) {
      lengths.put(status.getPath().getName(), status.getLen());
    }
    for (StoredFile file : manifest.files()) {
      Long length = lengths.get(file.name());
      if (length == null) {
        throw damaged(directory + "/" + file.name(), "it is missing");
      }
      if (length != file.bytes()) {
        throw damaged(
            directory + "/" + file.name(),
            "it has %,d bytes, not %,d".formatted(length, file.bytes()));
      }
    }
  }

  private CheckpointException damaged(String file, String how) {
    return new CheckpointException(
        "%s is damaged (%s): delete its directory %s to go on from the checkpoint before it"
            .formatted(run.path(file), how, run.path(file).getParent()));
  }

  private Optional<CheckpointManifest> manifest(long step) {
    String file = directory(step) + "/" + MANIFEST;
    if (!run.has(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(run.readText(file), CheckpointManifest.class));
    } catch (JsonProcessingException e) {
      // Cut short: its writer was interrupted, so the checkpoint never became complete.
      return Optional.empty();
    }
  }

  private TrainingState state(long step) {
    String file = directory(step) + "/" + STATE;
    try {
      return JSON.readValue(run.readText(file), TrainingState.class);
    } catch (JsonProcessingException e) {
      throw damaged(file, "it is not the JSON that was written");
    }
  }

  private List<Long> stepsDescending() {
    return run.list(ROOT).stream()
        .map(status -> DIRECTORY.matcher(status.getPath().getName()))
        .filter(Matcher::matches)
        .map(name -> Long.parseLong(name.group(1)))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private static String directory(long step) {
    return ROOT + "/step-%08d".formatted(step);
  }

  private static byte[] json(Object value) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is JSON", e);
    }
  }
}
