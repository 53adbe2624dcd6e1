package dev.larkspur.collective.socket;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.FfnWorkload;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HeapVector;
import dev.larkspur.tensor.Shard;

/** No more than vectors on the heap and collectives over TCP. */
public final class SocketEngine implements Engine {

  @Override
  public String name() {
    return "socket";
  }

  @Override
  public String version() {
    return "test";
  }

  @Override
  public Replica replica(
      ModelConfig config, Device device, Precision precision, Optimizer optimizer, Shard shard) {
    throw new EngineException("the engine socket has vectors and collectives, no model");
  }

  @Override
  public FfnWorkload ffnWorkload(
      int hidden, FfnConfig ffn, int tokens, Device device, Precision precision) {
    throw new EngineException("the engine socket has vectors and collectives, no model");
  }

  @Override
  public FlatVector vector(long length, Device device) {
    return new HeapVector(length);
  }

  @Override
  public Collective join(Rendezvous rendezvous, Device device) {
    return SocketCollective.join(rendezvous);
  }
}
