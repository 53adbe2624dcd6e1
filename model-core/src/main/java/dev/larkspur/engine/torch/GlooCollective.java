package dev.larkspur.engine.torch;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.PendingSum;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Shard;
import dev.larkspur.collective.Wire;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.FlatVector;
import java.nio.DoubleBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch_gloo;

/** Gloo's collectives over TCP. Its ring gives every member the same bits. */
final class GlooCollective implements Collective {
  /** How long a live worker may take to say so; longer than a pause of its garbage collector. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final int rank;
  private final int worldSize;
  private final Duration timeout;
  private final RendezvousStore store;
  private final PeerWatch watch;
  private final ProcessGroupGloo group;

  /** Sends one sum after the other, so that all workers do it in the same order. */
  private final ExecutorService sender;

  private GlooCollective(
      Rendezvous rendezvous, RendezvousStore store, PeerWatch watch, ProcessGroupGloo group) {
    this.rank = rendezvous.rank();
    this.worldSize = rendezvous.worldSize();
    this.timeout = rendezvous.timeout();
    this.store = store;
    this.watch = watch;
    this.group = group;
    this.sender =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "gradient exchange of worker " + rank);
              thread.setDaemon(true);
              return thread;
            });
  }

  static GlooCollective join(Rendezvous rendezvous) {
    Loader.load(torch_gloo.class);
    RendezvousStore store = null;
    PeerWatch watch = null;
    try {
      store = RendezvousStore.open(rendezvous);
      watch = store.watch(rendezvous, patience(rendezvous.timeout()));
      return new GlooCollective(rendezvous, store, watch, group(rendezvous, store));
    } catch (RuntimeException e) {
      LostPeers missing = watch == null ? LostPeers.UNKNOWN : watch.missing();
      close(watch, store);
      throw cannotJoin(rendezvous, missing, e);
    }
  }

  private static Duration patience(Duration timeout) {
    return timeout.compareTo(PATIENCE) < 0 ? timeout : PATIENCE;
  }

  private static ProcessGroupGloo group(Rendezvous rendezvous, RendezvousStore store) {
    ProcessGroupGloo.Options options =
        ProcessGroupGloo.Options.create(new Milliseconds(rendezvous.timeout().toMillis()));
    options.devices(
        new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(rendezvous.host())));
    return new ProcessGroupGloo(store.store(), rendezvous.rank(), rendezvous.worldSize(), options);
  }

  private static RuntimeException cannotJoin(
      Rendezvous rendezvous, LostPeers missing, RuntimeException cause) {
    if (cause instanceof EngineException) {
      return cause;
    }
    String message =
        "worker %d of %d cannot join its peers from %s: %s"
            .formatted(
                rendezvous.rank(), rendezvous.worldSize(), rendezvous.host(), firstLine(cause));
    return missing.ranks().isEmpty()
        ? new EngineException(message, cause)
        : new PeerLostException(
            message + " (" + missing.description() + ")", missing.ranks(), cause);
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
      TensorVector tensors = new TensorVector(tensor(vector));
      finish(() -> group.allreduce(tensors), "sum up gradients");
    }
  }

  @Override
  public PendingSum startSum(FlatVector vector, Wire wire) {
    Future<?> sum =
        sender.submit(
            () -> {
              if (wire == Wire.FP32) {
                allReduceSum(vector);
              } else {
                sumInBf16(vector);
              }
            });
    return () -> await(sum);
  }

  private void sumInBf16(FlatVector vector) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      new Bf16Sum(worldSize, this::allToAll, this::allGather).replace(tensor(vector));
    }
  }

  private void allToAll(Tensor received, Tensor sent) {
    LongVector even = new LongVector();
    finish(() -> group.alltoall_base(received, sent, even, even), "sum up gradients");
  }

  private void allGather(Tensor all, Tensor own) {
    finish(() -> group._allgather_base(all, own), "share what each has computed");
  }

  private void await(Future<?> sum) {
    try {
      sum.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerLostException(
          "worker %d of %d was told to stop while it waited for its peers"
              .formatted(rank, worldSize),
          List.of(),
          e);
    }
  }

  @Override
  public void allGather(FlatVector vector) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      long each = Shard.each(vector.length(), worldSize);
      Tensor all = tensor(vector);
      if (each > 0) {
        Tensor own = all.narrow(0, rank * each, each).clone();
        allGather(all.narrow(0, 0, worldSize * each), own);
      }
      long even = worldSize * each;
      if (even < vector.length()) {
        broadcast(vector.slice(even, vector.length() - even), worldSize - 1);
      }
    }
  }

  @Override
  public void allReduceSum(double[] numbers) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = Tensor.create(numbers);
      TensorVector tensors = new TensorVector(tensor);
      finish(() -> group.allreduce(tensors), "sum up numbers");
      DoubleBuffer sums = tensor.createBuffer();
      sums.get(numbers);
    }
  }

  @Override
  public void broadcast(FlatVector vector, int root) {
    try (PointerScope scope = new PointerScope()) {
      BroadcastOptions options = new BroadcastOptions().rootRank(root);
      TensorVector tensors = new TensorVector(tensor(vector));
      finish(() -> group.broadcast(tensors, options), "share parameters");
    }
  }

  @Override
  public void barrier() {
    allReduceSum(new double[1]);
  }

  private void finish(Supplier<Work> collective, String purpose) {
    watch.enter();
    try {
      collective.get()._wait();
    } catch (RuntimeException e) {
      LostPeers missing = watch.missing();
      throw new PeerLostException(
          "worker %d of %d lost a peer while waiting to %s: %s (%s)"
              .formatted(rank, worldSize, purpose, missing.description(), firstLine(e)),
          missing.ranks(),
          e);
    }
  }

  private static Tensor tensor(FlatVector vector) {
    return ((TorchVector) vector).tensor();
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static void close(PeerWatch watch, RendezvousStore store) {
    if (watch != null) {
      watch.close();
    }
    if (store != null) {
      store.close();
    }
  }

  /** What is on its way ends by itself, at the latest after the group's timeout. */
  private void awaitSender() {
    try {
      sender.awaitTermination(2 * timeout.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    sender.shutdownNow();
    awaitSender();
    group.close();
    close(watch, store);
  }
}
