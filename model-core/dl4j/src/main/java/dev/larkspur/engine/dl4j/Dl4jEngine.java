package dev.larkspur.engine.dl4j;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.collective.socket.SocketCollective;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Engine;
import dev.larkspur.engine.FfnWorkload;
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
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;

/** The engine on Deeplearning4j and ND4J. */
public final class Dl4jEngine implements Engine {
  private final Supplier<Kernels> kernels;

  /** Creates the engine with the kernels for the backend that ND4J loads. */
  public Dl4jEngine() {
    this(Kernels::ofBackend);
  }

  Dl4jEngine(Supplier<Kernels> kernels) {
    this.kernels = kernels;
  }

  private Dl4jDevice open(Device device) {
    return Dl4jDevice.open(device, kernels);
  }

  @Override
  public String name() {
    return "dl4j";
  }

  @Override
  public String version() {
    return LibraryVersion.of(Dl4jEngine.class, "org.deeplearning4j", "deeplearning4j-nn");
  }

  @Override
  public Set<Precision> precisions() {
    return EnumSet.of(Precision.FP32, Precision.FP64);
  }

  @Override
  public Optional<GpuSupport> gpuSupport(Gpu gpu) {
    return Optional.of(CudaArchitectures.ofNd4j().support(gpu));
  }

  @Override
  public Replica replica(
      ModelConfig config, Device device, Precision precision, Optimizer optimizer, Shard shard) {
    DataType type = Dl4jDevice.type(precision);
    return new Dl4jReplica(config, open(device), type, optimizer, shard);
  }

  @Override
  public FfnWorkload ffnWorkload(
      int hidden, FfnConfig ffn, int tokens, Device device, Precision precision) {
    DataType type = Dl4jDevice.type(precision);
    return new Dl4jFfnWorkload(hidden, ffn, tokens, open(device), type);
  }

  @Override
  public FlatVector vector(long length, Device device) {
    return Dl4jVector.zeros(DataType.FLOAT, length, open(device).kernels());
  }

  /** A file that {@code ModelSerializer} restores as a {@code ComputationGraph}. */
  @Override
  public void writeModel(ModelConfig config, FlatVector parameters, OutputStream out)
      throws IOException {
    DecoderGraph.write(config, parameters, open(Device.cpu(1)).kernels(), out);
  }

  @Override
  public Collective join(Rendezvous rendezvous, Device device) {
    open(device);
    return rendezvous.worldSize() == 1 ? new SingleWorker() : SocketCollective.join(rendezvous);
  }
}
