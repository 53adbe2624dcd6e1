package dev.larkspur.engine.torch;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.FfnWorkload;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;

/** LibTorch with its own collectives for groups of any size, as large groups have them. */
public final class GlooEngine implements Engine {
  private final TorchEngine torch = new TorchEngine();

  @Override
  public String name() {
    return "gloo";
  }

  @Override
  public String version() {
    return torch.version();
  }

  @Override
  public Replica replica(
      ModelConfig config, Device device, Precision precision, Optimizer optimizer, Shard shard) {
    return torch.replica(config, device, precision, optimizer, shard);
  }

  @Override
  public FfnWorkload ffnWorkload(
      int hidden, FfnConfig ffn, int tokens, Device device, Precision precision) {
    return torch.ffnWorkload(hidden, ffn, tokens, device, precision);
  }

  @Override
  public FlatVector vector(long length, Device device) {
    return torch.vector(length, device);
  }

  @Override
  public Collective join(Rendezvous rendezvous, Device device) {
    return TorchCollective.join(rendezvous, TorchDevice.open(device));
  }
}
