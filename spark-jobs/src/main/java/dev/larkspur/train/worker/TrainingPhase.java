package dev.larkspur.train.worker;

import dev.larkspur.collective.BucketedExchange;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.GradientExchange;
import dev.larkspur.collective.compression.CompressedExchange;
import dev.larkspur.collective.compression.CompressedExchange.Vectors;
import dev.larkspur.collective.compression.ThresholdCodec;
import dev.larkspur.collective.compression.ThresholdCodecs;
import dev.larkspur.collective.compression.ThresholdRule;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.run.Checkpoint;
import dev.larkspur.run.CheckpointStore;
import dev.larkspur.run.CheckpointWriter;
import dev.larkspur.run.Checkpointing;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * What one model is trained with: guided and plain phases have one each.
 *
 * @param run where its checkpoints are
 * @param peers all ranks that train it
 * @param replica the model
 * @param exchange exchange of its gradient
 * @param checkpointing checkpointing of its vectors
 */
record TrainingPhase(
    RunDirectory run,
    Collective peers,
    Replica replica,
    GradientExchange exchange,
    Checkpointing checkpointing)
    implements AutoCloseable {

  /**
   * What an engine gives a training.
   *
   * @param replicas creates the model that is trained after a number of updates
   * @param vectors creates a vector of zeros of a length
   */
  record Allocation(LongFunction<Replica> replicas, LongFunction<FlatVector> vectors) {}

  /**
   * The phase that trains after {@code step} updates.
   *
   * @param step updates done
   */
  static TrainingPhase of(
      Allocation allocation, long step, TrainingSpec spec, Collective peers, RunDirectory run) {
    // Before the replica, whose engine sets the threads that libraries share.
    Optional<ThresholdCodec> codec =
        spec.exchange().compresses()
            ? Optional.of(ThresholdCodecs.load(spec.compute().threads()))
            : Optional.empty();
    Replica replica = allocation.replicas().apply(step);
    try {
      FlatVector gradient = replica.gradient();
      GradientExchange exact =
          new BucketedExchange(
              peers,
              gradient,
              spec.exchange().wire(),
              spec.exchange().bucketBytes(),
              replica.table().parameters().get(0).size());
      ThresholdRule rule = spec.exchange().compression().threshold().rule();
      GradientExchange exchange =
          codec
              .<GradientExchange>map(
                  found ->
                      new CompressedExchange(
                          peers,
                          new Vectors(gradient, allocation.vectors().apply(gradient.length())),
                          found,
                          rule,
                          exact))
              .orElse(exact);
      return with(replica, exchange, spec, peers, run);
    } catch (RuntimeException e) {
      replica.close();
      throw e;
    }
  }

  private static TrainingPhase with(
      Replica replica,
      GradientExchange exchange,
      TrainingSpec spec,
      Collective peers,
      RunDirectory run) {
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

  /** The shard of the gradient whose norm this worker computes. */
  Shard ownPart() {
    return Shard.of(replica.table().length(), peers.rank(), peers.worldSize());
  }

  /**
   * Resumes from a checkpoint. From the checkpoint of the last guided step, it skips the guides and
   * the vectors that the exchange kept for their gradient.
   */
  void load(PhaseSchedule phases, Checkpoint checkpoint) {
    CheckpointStore checkpoints = new CheckpointStore(run);
    ParameterTable stored = phases.stored(checkpoint.step());
    if (stored.length() == replica.table().length()) {
      checkpoints.load(checkpoint, replica, peers, exchange.state());
    } else {
      checkpoints.loadPart(checkpoint, stored, replica, peers);
    }
    exchange.restore(checkpoint.state().exchange());
  }

  /**
   * Whether no parameter and no element of the states of optimiser and exchange is NaN or infinite,
   * on any rank; every rank must call this.
   */
  boolean isFinite() {
    boolean own =
        replica.parameters().isFinite()
            && replica.optimizerState().isFinite()
            && exchange.state().values().stream().allMatch(FlatVector::isFinite);
    double[] broken = {own ? 0 : 1};
    peers.allReduceSum(broken);
    return broken[0] == 0;
  }

  /** After a failure inside a step, all-reduces may still use the gradient, so they end first. */
  @Override
  public void close() {
    try {
      exchange.close();
    } finally {
      try {
        checkpointing.close();
      } finally {
        replica.close();
      }
    }
  }
}
