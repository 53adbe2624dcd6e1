package dev.larkspur.run;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.CheckpointStore.DamagedCheckpointException;
import dev.larkspur.run.RunDirectory.StoreException;
import dev.larkspur.safetensors.ParameterSubset;
import dev.larkspur.tensor.FlatVector;

/**
 * Reads the vectors of a smaller model from a checkpoint. Rank 0 reads and broadcasts them.
 * Optimiser state is broadcast through the gradient vector, because a replica may hold only a shard
 * of the state.
 */
final class SubsetReader {
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
