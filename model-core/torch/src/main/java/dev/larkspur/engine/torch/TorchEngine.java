package dev.larkspur.engine.torch;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.collective.socket.SocketCollective;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.FfnWorkload;
import dev.larkspur.engine.GemmWorkload;
import dev.larkspur.engine.Gpu;
import dev.larkspur.engine.Gpu.GpuSupport;
import dev.larkspur.engine.LibraryVersion;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.optim.Optimizer;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;
import java.util.Optional;
import java.util.OptionalLong;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** LibTorch through JavaCPP. */
public final class TorchEngine implements Engine {
  private static final String CUDA_LIBRARY =
      "/org/bytedeco/pytorch/linux-x86_64-gpu/libjnitorch.so";

  /**
   * Workers on CPUs that exchange directly, each with each: measured faster than Gloo's ring, with
   * less processor time. Larger groups take the ring, in which a worker has two neighbours only.
   */
  private static final int MOST_DIRECT = 16;

  @Override
  public String name() {
    return "torch";
  }

  @Override
  public String version() {
    return LibraryVersion.of(TorchEngine.class, "org.bytedeco", "pytorch");
  }

  /** LibTorch with CUDA is another build of it, with other natives. */
  @Override
  public Optional<GpuSupport> gpuSupport(Gpu gpu) {
    return TorchEngine.class.getResource(CUDA_LIBRARY) == null
        ? Optional.of(new GpuSupport(false, "this larkspur.jar has LibTorch for CPUs only"))
        : Optional.empty();
  }

  @Override
  public Replica replica(
      ModelConfig config, Device device, Precision precision, Optimizer optimizer, Shard shard) {
    return NativeFailures.inWords(
        Replica.class,
        new TorchReplica(config, TorchDevice.open(device), precision, optimizer, shard));
  }

  @Override
  public OptionalLong usedMemory(Device device) {
    return device.type() == Device.Type.CPU
        ? OptionalLong.empty()
        : OptionalLong.of(TorchDevice.open(device).usedMemory());
  }

  @Override
  public boolean checkpointsActivations() {
    return true;
  }

  @Override
  public FfnWorkload ffnWorkload(
      int hidden, FfnConfig ffn, int tokens, Device device, Precision precision) {
    return NativeFailures.inWords(
        FfnWorkload.class,
        new TorchFfnWorkload(hidden, ffn, tokens, TorchDevice.open(device), precision));
  }

  @Override
  public GemmWorkload gemmWorkload(GemmWorkload.Shape shape, Device device, Precision precision) {
    return NativeFailures.inWords(
        GemmWorkload.class, new TorchGemmWorkload(shape, TorchDevice.open(device), precision));
  }

  @Override
  public FlatVector vector(long length, Device device) {
    return new TorchVector(TorchDevice.open(device).zeros(ScalarType.Float, length));
  }

  @Override
  public Collective join(Rendezvous rendezvous, Device device) {
    TorchDevice opened = TorchDevice.open(device);
    return rendezvous.worldSize() == 1
        ? new SingleWorker()
        : opened.isCpu() && rendezvous.worldSize() <= MOST_DIRECT
            ? SocketCollective.join(rendezvous)
            : TorchCollective.join(rendezvous, opened);
  }
}
