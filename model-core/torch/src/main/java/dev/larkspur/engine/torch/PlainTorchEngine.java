package dev.larkspur.engine.torch;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.FfnWorkload;
import dev.larkspur.engine.GemmWorkload;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;

/**
 * The decoder on LibTorch as an experienced PyTorch user would write it: a tensor for each
 * parameter, one autograd graph for the step, {@code cross_entropy} on all logits, {@code
 * clip_grad_norm_}, fused AdamW, autocast for bf16, and no flash attention on CPUs. It is the
 * baseline of engine benchmarks. It trains on one worker only, and does not decode or write
 * checkpoints.
 */
public final class PlainTorchEngine implements Engine {
  /** Its name in benchmarks. */
  public static final String NAME = "torch-plain";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String version() {
    return new TorchEngine().version();
  }

  @Override
  public boolean isReference() {
    return true;
  }

  @Override
  public Replica replica(
      ModelConfig config, Device device, Precision precision, Optimizer optimizer, Shard shard) {
    return NativeFailures.inWords(
        Replica.class,
        new PlainReplica(config, TorchDevice.open(device), precision, optimizer, shard));
  }

  @Override
  public FfnWorkload ffnWorkload(
      int hidden, FfnConfig ffn, int tokens, Device device, Precision precision) {
    throw refusal("has no feed-forward network by itself");
  }

  @Override
  public GemmWorkload gemmWorkload(GemmWorkload.Shape shape, Device device, Precision precision) {
    return new TorchEngine().gemmWorkload(shape, device, precision);
  }

  @Override
  public FlatVector vector(long length, Device device) {
    return new TorchEngine().vector(length, device);
  }

  @Override
  public Collective join(Rendezvous rendezvous, Device device) {
    if (rendezvous.worldSize() > 1) {
      throw refusal("trains on one worker only");
    }
    return new SingleWorker();
  }

  /** The error for an unsupported operation. */
  static EngineException refusal(String what) {
    return new EngineException(
        "the engine %s %s: it is there for comparison, use torch".formatted(NAME, what));
  }
}
