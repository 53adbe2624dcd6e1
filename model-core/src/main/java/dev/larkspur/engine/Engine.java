package dev.larkspur.engine;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.Gpu.GpuSupport;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A compute library, which creates replicas and joins workers into groups. */
public interface Engine {

  /** Name in settings and reports. */
  String name();

  /** Version of the library, for provenance. */
  String version();

  /** The supported arithmetic. */
  default Set<Precision> precisions() {
    return EnumSet.allOf(Precision.class);
  }

  /** Whether the engine is only a reference for benchmarks, which settings cannot select. */
  default boolean isReference() {
    return false;
  }

  /**
   * Whether this engine computes on a GPU, as far as known without loading its native library;
   * empty if unknown until it is loaded.
   */
  default Optional<GpuSupport> gpuSupport(Gpu gpu) {
    return Optional.empty();
  }

  /**
   * Creates a replica for inference, without an optimiser.
   *
   * @throws EngineException if the device is missing or its memory does not suffice
   */
  default Replica replica(ModelConfig config, Device device, Precision precision) {
    return replica(config, device, precision, new Optimizer.None(), new Shard(0, 0));
  }

  /**
   * Creates a replica that updates all its parameters.
   *
   * @throws EngineException if the device is missing, its memory does not suffice, or the engine
   *     does not know the optimiser
   */
  default Replica replica(
      ModelConfig config, Device device, Precision precision, Optimizer optimizer) {
    Shard whole = Shard.whole(ParameterTable.of(config).length());
    return replica(config, device, precision, optimizer, whole);
  }

  /**
   * Creates a replica that updates only a part of its parameters; other workers update the rest.
   * Its memory is allocated, and all its vectors are zero.
   *
   * @param shard the part that it updates; it has the optimiser's state only for this part
   * @throws EngineException if the device is missing, its memory does not suffice, or the engine
   *     does not know the optimiser
   */
  Replica replica(
      ModelConfig config, Device device, Precision precision, Optimizer optimizer, Shard shard);

  /**
   * Bytes in use of the memory of a device that has its own, by this process and all others; empty
   * for a CPU, and where the engine cannot tell.
   */
  default OptionalLong usedMemory(Device device) {
    return OptionalLong.empty();
  }

  /** Whether its replicas can discard activations and compute them again. */
  default boolean checkpointsActivations() {
    return false;
  }

  /**
   * Creates a single feed-forward network, for benchmarks.
   *
   * @param hidden width of its input and output
   * @param ffn its shape and the structure of its matrices; the structure of the first layer is
   *     ignored
   * @param tokens number of rows of its input
   * @throws EngineException if the device is missing or its memory does not suffice
   */
  FfnWorkload ffnWorkload(
      int hidden, FfnConfig ffn, int tokens, Device device, Precision precision);

  /**
   * Creates a single matrix product, for benchmarks.
   *
   * @param precision of the matrices and of the result
   * @throws EngineException if the device is missing or its memory does not suffice, or the engine
   *     does not measure single products
   */
  default GemmWorkload gemmWorkload(GemmWorkload.Shape shape, Device device, Precision precision) {
    throw new EngineException("the engine %s does not measure single products".formatted(name()));
  }

  /**
   * Writes a model in the library's own file format, for programs that use the library without
   * Larkspur's commands.
   *
   * @param parameters all parameters, in the layout of the model's parameter table
   * @param out stays open
   * @throws EngineException if the library has no such format
   */
  default void writeModel(ModelConfig config, FlatVector parameters, OutputStream out)
      throws IOException {
    throw new EngineException("the engine %s has no file format".formatted(name()));
  }

  /**
   * Creates a vector of 32-bit zeros.
   *
   * @throws EngineException if the device is missing
   */
  FlatVector vector(long length, Device device);

  /**
   * Joins this worker with its peers; returns when all have joined.
   *
   * @throws EngineException if peers do not join within the timeout of the rendezvous
   */
  Collective join(Rendezvous rendezvous, Device device);
}
