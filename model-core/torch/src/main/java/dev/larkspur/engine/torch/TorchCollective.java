package dev.larkspur.engine.torch;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Collective.PendingSum;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.SumQueue;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.Shard;
import java.nio.DoubleBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** LibTorch's collectives over a transport. */
final class TorchCollective implements Collective {
  private static final String SUM = "sum up gradients";

  private final int rank;
  private final int worldSize;
  private final TorchDevice device;
  private final Transport transport;
  private final TorchGroup group;
  private final SumQueue sums;

  private TorchCollective(
      Rendezvous rendezvous, TorchDevice device, Transport transport, TorchGroup group) {
    this.rank = rendezvous.rank();
    this.worldSize = rendezvous.worldSize();
    this.device = device;
    this.transport = transport;
    this.group = group;
    this.sums = new SumQueue(group.worker());
  }

  /** NCCL between GPUs, Gloo between CPUs. */
  static TorchCollective join(Rendezvous rendezvous, TorchDevice device) {
    Transport transport =
        device.isCpu() ? new GlooTransport() : new NcclTransport(rendezvous.timeout());
    return new TorchCollective(
        rendezvous, device, transport, TorchGroup.join(rendezvous, transport));
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
    startNow(vector).await();
  }

  @Override
  public PendingSum startSum(FlatVector vector, WireDtype wire) {
    if (transport.overlaps()) {
      // Operations that start here run after the kernels that this thread has launched so far.
      return wire == WireDtype.FP32 ? startNow(vector) : inBf16(vector);
    }
    return sums.add(
        wire == WireDtype.FP32 ? () -> allReduceSum(vector) : () -> inBf16(vector).await());
  }

  private PendingSum startNow(FlatVector vector) {
    try (PointerScope scope = new PointerScope()) {
      TensorVector tensors = new TensorVector(tensor(vector));
      return group.start(() -> group.backend().allreduce(tensors), SUM)::run;
    }
  }

  private PendingSum inBf16(FlatVector vector) {
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      new Bf16Sum(worldSize, this::allToAll, this::allGather).replace(tensor(vector));
    }
    return () -> {};
  }

  private void allToAll(Tensor received, Tensor sent) {
    LongVector even = new LongVector();
    run(() -> group.backend().alltoall_base(received, sent, even, even), SUM);
  }

  private void allGather(Tensor all, Tensor own) {
    run(() -> group.backend()._allgather_base(all, own), "share what each has computed");
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
      Tensor tensor = device.put(Tensor.create(numbers));
      TensorVector tensors = new TensorVector(tensor);
      run(() -> group.backend().allreduce(tensors), "sum up numbers");
      DoubleBuffer result = tensor.cpu().createBuffer();
      result.get(numbers);
    }
  }

  @Override
  public void broadcast(FlatVector vector, int root) {
    try (PointerScope scope = new PointerScope()) {
      BroadcastOptions options = new BroadcastOptions().rootRank(root);
      TensorVector tensors = new TensorVector(tensor(vector));
      run(() -> group.backend().broadcast(tensors, options), "share parameters");
    }
  }

  /** Pads the values to the longest, since a tensor's rows are of one length. */
  @Override
  public int[][] allGather(int[] values) {
    double[] lengths = new double[worldSize];
    lengths[rank] = values.length;
    allReduceSum(lengths);
    int longest = (int) Arrays.stream(lengths).max().orElseThrow();
    // One buffer holds all of them, and its positions are ints.
    int padded = Math.multiplyExact(worldSize, longest);
    int[][] all = new int[worldSize][];
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor gathered = device.zeros(ScalarType.Int, padded);
      if (longest > 0) {
        allGather(gathered, device.put(Tensor.create(Arrays.copyOf(values, longest))));
      }
      IntBuffer host = longest > 0 ? gathered.cpu().createBuffer() : IntBuffer.allocate(0);
      for (int peer = 0; peer < worldSize; peer++) {
        all[peer] = new int[(int) lengths[peer]];
        host.position(peer * longest).get(all[peer]);
      }
    }
    return all;
  }

  @Override
  public void barrier() {
    allReduceSum(new double[1]);
  }

  private void run(Supplier<Work> collective, String purpose) {
    group.start(collective, purpose).run();
  }

  private static Tensor tensor(FlatVector vector) {
    return ((TorchVector) vector).tensor();
  }

  @Override
  public void close() {
    sums.close();
    group.close();
  }

  /**
   * A sum with bfloat16 on the wire. The vector has one piece per rank. Each rank receives its
   * piece from all ranks, adds them in fp32 in the order of the ranks, and sends the rounded sum to
   * all. This takes as many bytes as a ring in bfloat16, but only two roundings for any number of
   * ranks. Each rank also rounds its own piece, so that the result is independent of which rank
   * sums, and has the same bits everywhere.
   *
   * @param allToAll sends piece r of the second tensor to rank r, and writes what came from rank r
   *     to piece r of the first; bytes
   * @param allGather writes every rank's second tensor to the first, one after the other; bytes
   */
  private record Bf16Sum(
      int worldSize, BiConsumer<Tensor, Tensor> allToAll, BiConsumer<Tensor, Tensor> allGather) {

    /** Replaces a vector of fp32 values, [length], by its sum. */
    void replace(Tensor vector) {
      long length = vector.numel();
      long piece = (length + worldSize - 1) / worldSize;
      Tensor sent =
          torch.zeros(
              new long[] {piece * worldSize},
              vector.options().dtype(new ScalarTypeOptional(ScalarType.BFloat16)));
      Tensor values = sent.narrow(0, 0, length);
      values.copy_(vector);
      Tensor received = torch.empty_like(sent);
      allToAll.accept(bytes(received), bytes(sent));

      Tensor sum = received.narrow(0, 0, piece).to(ScalarType.Float);
      for (int rank = 1; rank < worldSize; rank++) {
        // LibTorch adds up tensors of two types ten times more slowly than it converts one.
        sum.add_(received.narrow(0, rank * piece, piece).to(ScalarType.Float));
      }
      allGather.accept(bytes(sent), bytes(sum.to(ScalarType.BFloat16)));
      vector.copy_(values);
    }

    /** Gloo supports bytes in every operation, but not bfloat16. */
    private static Tensor bytes(Tensor values) {
      return values.view(ScalarType.Byte);
    }
  }
}
