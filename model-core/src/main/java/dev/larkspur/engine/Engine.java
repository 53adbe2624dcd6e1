package dev.larkspur.engine;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.model.ModelConfig;

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
  Replica replica(ModelConfig config, Device device, Precision precision);

  /**
   * Joins this worker with its peers; returns when all are there.
   *
   * @throws EngineException if peers stay away for longer than the rendezvous allows
   */
  Collective join(Rendezvous rendezvous, Device device);
}
