package dev.larkspur.engine.torch;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.FlatVector;
import java.nio.DoubleBuffer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch_gloo;

/** Gloo's collectives over TCP. Its ring gives every member the same bits. */
final class GlooCollective implements Collective {
  private final int rank;
  private final int worldSize;
  private final TCPStore store;
  private final ProcessGroupGloo group;

  private GlooCollective(int rank, int worldSize, TCPStore store, ProcessGroupGloo group) {
    this.rank = rank;
    this.worldSize = worldSize;
    this.store = store;
    this.group = group;
  }

  static GlooCollective join(Rendezvous rendezvous) {
    Loader.load(torch_gloo.class);
    Milliseconds timeout = new Milliseconds(rendezvous.timeoutSeconds() * 1000);
    try {
      TCPStore store = openStore(rendezvous, timeout);
      ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(timeout);
      options.devices(
          new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(rendezvous.host())));
      ProcessGroupGloo group =
          new ProcessGroupGloo(store, rendezvous.rank(), rendezvous.worldSize(), options);
      return new GlooCollective(rendezvous.rank(), rendezvous.worldSize(), store, group);
    } catch (RuntimeException e) {
      throw new EngineException(
          "worker %d of %d cannot join its peers from %s: %s"
              .formatted(
                  rendezvous.rank(), rendezvous.worldSize(), rendezvous.host(), firstLine(e)),
          e);
    }
  }

  private static TCPStore openStore(Rendezvous rendezvous, Milliseconds timeout) {
    boolean server = rendezvous.rank() == 0;
    TCPStore own = server ? store(rendezvous.host(), 0, true, timeout) : null;
    String announced =
        rendezvous
            .announceStore()
            .apply(server ? rendezvous.host() + ":" + Short.toUnsignedInt(own.getPort()) : "");
    if (server) {
      return own;
    }
    int colon = announced.lastIndexOf(':');
    int port = Integer.parseInt(announced.substring(colon + 1));
    return store(announced.substring(0, colon), port, false, timeout);
  }

  private static TCPStore store(String host, int port, boolean server, Milliseconds timeout) {
    TCPStoreOptions options = new TCPStoreOptions();
    options.port((short) port).isServer(server).useLibUV(false).waitWorkers(false).timeout(timeout);
    return new TCPStore(host, options);
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int worldSize() {
    return worldSize;
  }

  @Override
  public void allReduceSum(FlatVector vector) {
    try (PointerScope scope = new PointerScope()) {
      finish(group.allreduce(new TensorVector(tensor(vector))), "sum up gradients");
    }
  }

  @Override
  public void allReduceSum(double[] numbers) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = Tensor.create(numbers);
      finish(group.allreduce(new TensorVector(tensor)), "sum up numbers");
      DoubleBuffer sums = tensor.createBuffer();
      sums.get(numbers);
    }
  }

  @Override
  public void broadcast(FlatVector vector, int root) {
    try (PointerScope scope = new PointerScope()) {
      BroadcastOptions options = new BroadcastOptions().rootRank(root);
      finish(group.broadcast(new TensorVector(tensor(vector)), options), "share parameters");
    }
  }

  @Override
  public void barrier() {
    allReduceSum(new double[1]);
  }

  private void finish(Work work, String purpose) {
    try {
      work._wait();
    } catch (RuntimeException e) {
      throw new PeerLostException(
          "worker %d of %d lost a peer while waiting to %s: %s"
              .formatted(rank, worldSize, purpose, firstLine(e)),
          e);
    }
  }

  private static Tensor tensor(FlatVector vector) {
    return ((TorchVector) vector).tensor();
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    group.close();
    store.close();
  }
}
