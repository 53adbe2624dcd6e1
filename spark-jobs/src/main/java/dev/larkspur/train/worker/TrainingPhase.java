package dev.larkspur.train.worker;

import dev.larkspur.collective.BucketedExchange;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.GradientExchange;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.CheckpointWriter;
import dev.larkspur.run.Checkpointing;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.tensor.Shard;

/**
 * What one model is trained with: guided and plain phases have one each.
 *
 * @param run where its checkpoints are
 * @param peers that train with it
 * @param replica the model
 * @param exchange of its gradient
 * @param checkpointing of its vectors
 */
record TrainingPhase(
    RunDirectory run,
    Collective peers,
    Replica replica,
    GradientExchange exchange,
    Checkpointing checkpointing)
    implements AutoCloseable {

  /** Takes the replica over, and closes it if that fails. */
  static TrainingPhase of(Replica replica, TrainingSpec spec, Collective peers, RunDirectory run) {
    try {
      return with(replica, spec, peers, run);
    } catch (RuntimeException e) {
      replica.close();
      throw e;
    }
  }

  private static TrainingPhase with(
      Replica replica, TrainingSpec spec, Collective peers, RunDirectory run) {
    GradientExchange exchange =
        new BucketedExchange(
            peers, replica.gradient(), spec.exchange().wire(), spec.exchange().bucketBytes());
    CheckpointWriter writer =
        new CheckpointWriter(
            run,
            spec.attempt().number(),
            peers.rank(),
            peers.worldSize(),
            replica,
            exchange.state());
    return new TrainingPhase(
        run,
        peers,
        replica,
        exchange,
        new Checkpointing(writer, peers, spec.attempt().retention()));
  }

  /** The part of the gradient whose norm this worker takes. */
  Shard ownPart() {
    return Shard.of(replica.table().length(), peers.rank(), peers.worldSize());
  }

  /**
   * Resumes from a checkpoint; from that of the last guided step without the guides, and without
   * what the exchange of their gradient carried on.
   */
  void load(PhaseSchedule phases, Checkpoint checkpoint) {
    CheckpointStore checkpoints = new CheckpointStore(run);
    ParameterTable stored = phases.stored(checkpoint.step());
    if (stored.length() == replica.table().length()) {
      checkpoints.load(checkpoint, replica, peers, exchange.state());
    } else {
      checkpoints.loadPart(checkpoint, stored, replica, peers);
    }
  }

  /**
   * Whether no parameter and no element of the optimiser's state is NaN or infinite, on any rank;
   * every rank asks.
   */
  boolean isFinite() {
    boolean own = replica.parameters().isFinite() && replica.optimizerState().isFinite();
    double[] broken = {own ? 0 : 1};
    peers.allReduceSum(broken);
    return broken[0] == 0;
  }

  @Override
  public void close() {
    try {
      checkpointing.close();
    } finally {
      replica.close();
    }
  }
}
