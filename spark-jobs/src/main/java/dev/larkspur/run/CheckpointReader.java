package dev.larkspur.run;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.CheckpointManifest.StoredFile;
import dev.larkspur.run.CheckpointStore.DamagedCheckpointException;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.run.SavedVector.ExchangeFiles;
import dev.larkspur.run.SegmentsInput.Segment;
import dev.larkspur.safetensors.ParameterSubset;
import dev.larkspur.safetensors.Safetensors;
import dev.larkspur.safetensors.SafetensorsException;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.FlatVector.HostCopy;
import dev.larkspur.tensor.Shard;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * Reads the tensors of a checkpoint, distributed over the ranks: each rank reads its range of every
 * file, all compare the checksums with the manifest, and an all-gather completes the vectors. Each
 * byte is therefore read from storage once, whatever the number of workers.
 */
final class CheckpointReader {
  private final RunDirectory run;
  private final Checkpoint checkpoint;
  private final Collective peers;
  private final ParameterTable table;

  CheckpointReader(
      RunDirectory run, Checkpoint checkpoint, Collective peers, ParameterTable table) {
    this.run = run;
    this.checkpoint = checkpoint;
    this.peers = peers;
    this.table = table;
  }

  /** Reads a complete vector on every rank. */
  void readAll(SavedVector vector, FlatVector into) {
    readShard(vector, own().in(into));
    peers.allGather(into);
  }

  /** Reads parameters and optimiser state; of a sharded state only the replica's shard. */
  void readInto(Replica replica) {
    readAll(SavedVector.PARAMETERS, replica.parameters());
    for (SavedVector state : SavedVector.state(replica)) {
      if (replica.shard().length() == table.length()) {
        readAll(state, state.of(replica));
      } else {
        readShard(state, state.of(replica));
      }
    }
  }

  /** Adds this worker's share of the saved exchange state to vectors, which must be zero. */
  void readExchange(Map<String, FlatVector> state) {
    state.forEach(
        (name, vector) ->
            ExchangeFiles.of(checkpoint.files(), name, peers.rank(), peers.worldSize())
                .forEach(file -> add(file, vector)));
  }

  private Shard own() {
    return Shard.of(table.length(), peers.rank(), peers.worldSize());
  }

  private void readShard(SavedVector vector, FlatVector into) {
    List<StoredFile> parts =
        checkpoint.files().stream().filter(file -> vector.owns(file.name())).toList();
    if (parts.isEmpty()) {
      throw new SafetensorsException(
          "%s holds no %s: it was trained with another optimiser. Resume with that optimiser, or start a new run"
              .formatted(run.path(checkpoint.name().directory()), vector.name()));
    }
    String file = run.path(checkpoint.name().file(vector.part(0, 1))).toString();
    long header = parts.stream().mapToLong(StoredFile::bytes).sum() - Float.BYTES * table.length();
    Safetensors.requireHeaderLength(header, file);
    List<Segment> segments = Segment.divide(parts, table.length(), peers.worldSize());
    List<Segment> own =
        segments.stream().filter(segment -> segment.rank() == peers.rank()).toList();
    byte[] head = new byte[peers.rank() == 0 ? (int) header : 0];
    double[] crcs = new double[segments.size()];
    try (SegmentsInput in = new SegmentsInput(own, (part, from) -> open(parts.get(part), from))) {
      if (in.readNBytes(head, 0, head.length) < head.length) {
        throw new EOFException();
      }
      Safetensors.readElements(in, into);
      long[] read = in.crcs();
      for (int i = 0; i < own.size(); i++) {
        crcs[segments.indexOf(own.get(i))] = read[i];
      }
    } catch (EOFException e) {
      throw damaged(vector.part(0, 1), "it is truncated");
    } catch (IOException e) {
      throw run.cannot("read", checkpoint.name().file(vector.part(0, 1)), e);
    }
    peers.allReduceSum(crcs);
    requireChecksum(parts, segments, crcs);
    if (peers.rank() == 0) {
      Safetensors.requireHeader(head, file, table);
    }
  }

  private void requireChecksum(List<StoredFile> parts, List<Segment> segments, double[] crcs) {
    long[] whole = new long[parts.size()];
    for (int i = 0; i < crcs.length; i++) {
      int part = segments.get(i).part();
      whole[part] = Crc32c.combine(whole[part], (long) crcs[i], segments.get(i).length());
    }
    for (int part = 0; part < whole.length; part++) {
      requireChecksum(parts.get(part), whole[part]);
    }
  }

  private void requireChecksum(StoredFile file, long crc) {
    if (!Crc32c.hex(crc).equals(file.crc32c())) {
      throw damaged(file.name(), "its CRC-32C is not that of the manifest");
    }
  }

  private void add(StoredFile file, FlatVector vector) {
    List<Segment> whole = List.of(new Segment(0, peers.rank(), 0, file.bytes()));
    try (SegmentsInput in = new SegmentsInput(whole, (part, from) -> open(file, from))) {
      SafetensorsException refused = null;
      try {
        Safetensors.read(
            in,
            run.path(checkpoint.name().file(file.name())).toString(),
            table,
            new AccumulatingVector(vector));
      } catch (SafetensorsException e) {
        // The file is of another model or damaged; its checksum, known at the end, decides which.
        in.transferTo(OutputStream.nullOutputStream());
        refused = e;
      }
      requireChecksum(file, in.crcs()[0]);
      if (refused != null) {
        throw refused;
      }
    } catch (IOException e) {
      throw run.cannot("read", checkpoint.name().file(file.name()), e);
    }
  }

  private InputStream open(StoredFile file, long from) throws IOException {
    return run.open(checkpoint.name().file(file.name()), from);
  }

  private DamagedCheckpointException damaged(String file, String how) {
    return CheckpointStore.damaged(run, checkpoint.name(), checkpoint.name().file(file), how);
  }

  /** A vector that adds written values to its elements. */
  private record AccumulatingVector(FlatVector sum) implements FlatVector {

    @Override
    public long length() {
      return sum.length();
    }

    @Override
    public void read(long offset, FloatBuffer into) {
      sum.read(offset, into);
    }

    @Override
    public HostCopy hostCopy(long from, long to) {
      return sum.hostCopy(from, to);
    }

    @Override
    public void write(long offset, FloatBuffer from) {
      FloatBuffer values = FloatBuffer.allocate(from.remaining());
      sum.read(offset, values);
      values.flip();
      for (int i = 0; i < values.limit(); i++) {
        values.put(i, values.get(i) + from.get());
      }
      sum.write(offset, values);
    }
  }

  /**
   * Reads the vectors of a smaller model from a checkpoint. Rank 0 reads and broadcasts them.
   * Optimiser state is broadcast through the gradient vector, because a replica may hold only a
   * shard of the state.
   */
  static final class SubsetReader {
    private static final double UNREADABLE = 1;
    private static final double DAMAGED = 2;

    private final RunDirectory run;
    private final Checkpoint checkpoint;
    private final ParameterTable stored;
    private final Replica replica;
    private final Collective peers;

    SubsetReader(
        RunDirectory run,
        Checkpoint checkpoint,
        ParameterTable stored,
        Replica replica,
        Collective peers) {
      this.run = run;
      this.checkpoint = checkpoint;
      this.stored = stored;
      this.replica = replica;
      this.peers = peers;
    }

    /** Reads parameters and optimiser state; overwrites the gradient. */
    void read() {
      share(SavedVector.PARAMETERS, replica.parameters());
      for (SavedVector state : SavedVector.state(replica)) {
        share(state, replica.gradient());
        state.of(replica).copy(replica.shard().in(replica.gradient()));
      }
    }

    private void share(SavedVector vector, FlatVector into) {
      RuntimeException failure = null;
      if (peers.rank() == 0) {
        try {
          new CheckpointReader(run, checkpoint, new SingleWorker(), stored)
              .readAll(vector, new ParameterSubset(stored, replica.table(), into));
        } catch (RuntimeException e) {
          failure = e;
        }
      }
      requireRead(failure);
      peers.broadcast(into, 0);
    }

    /** Fails on all ranks for the same reason. */
    private void requireRead(RuntimeException failure) {
      double kind = failure instanceof DamagedCheckpointException ? DAMAGED : UNREADABLE;
      double[] failed = {failure == null ? 0 : kind};
      peers.allReduceSum(failed);
      if (failure != null) {
        throw failure;
      }
      if (failed[0] == DAMAGED) {
        String directory = checkpoint.name().directory();
        throw CheckpointStore.damaged(
            run, checkpoint.name(), directory, "a file does not match the manifest");
      }
      if (failed[0] == UNREADABLE) {
        throw new StoreException(
            "worker 0 cannot read " + run.path(checkpoint.name().directory()), null);
      }
    }
  }
}
