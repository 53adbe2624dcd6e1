package dev.larkspur.engine;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;

/** A library that computes: makes replicas, and joins those of several workers. */
public interface Engine {

  /** Name in settings and reports. */
  String name();

  /** Version of the library, for provenance. */
  String version();

  /**
   * A replica with its memory taken and all vectors zero.
   *
   * @throws EngineException if the device is missing or its memory does not suffice
   */
  default Replica replica(ModelConfig config, Device device, Precision precision) {
    return replica(config, device, precision, Shard.whole(ParameterTable.of(config).length()));
  }

  /**
   * A replica that updates only a part of its parameters: the other workers update the others.
   *
   * @param shard the part, for which alone it has moments
   * @throws EngineException if the device is missing or its memory does not suffice
   */
  Replica replica(ModelConfig config, Device device, Precision precision, Shard shard);

  /**
   * A feed-forward network by itself, for measurements.
   *
   * @param hidden width of its input and output
   * @param ffn its shape, and the structure of its matrices: not the first layer's
   * @param tokens rows of its input
   * @throws EngineException if the device is missing or its memory does not suffice
   */
  FfnWorkload ffnWorkload(
      int hidden, FfnConfig ffn, int tokens, Device device, Precision precision);

  /**
   * A vector of 32-bit zeros.
   *
   * @throws EngineException if the device is missing
   */
  FlatVector vector(long length, Device device);

  /**
   * Joins this worker with its peers; returns when all are there.
   *
   * @throws EngineException if peers stay away for longer than the rendezvous allows
   */
  Collective join(Rendezvous rendezvous, Device device);
}
