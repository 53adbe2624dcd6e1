package dev.larkspur.collective.socket;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.SumQueue;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.collective.socket.PeerLinks.Window;
import dev.larkspur.engine.EngineException;
import dev.larkspur.tensor.FlatVector;

/**
 * Collectives over TCP for vectors of any engine, which are read and written in chunks. Sums are
 * computed in the order of the ranks, so they have the same bits on every rank, and in every run
 * with the same world size.
 */
public final class SocketCollective implements Collective {
  private static final String SUM = "sum up gradients";

  private final SocketGroup group;
  private final PeerLinks links;
  private final VectorExchange vectors;
  private final ArrayExchange arrays;
  private final SumQueue sums;

  private SocketCollective(SocketGroup group) {
    this.group = group;
    this.links = group.links();
    this.vectors = new VectorExchange(links);
    this.arrays = new ArrayExchange(links);
    this.sums = new SumQueue(group.worker());
  }

  /**
   * Connects this worker to its peers; returns once all are connected.
   *
   * @throws EngineException if this host does not allow it
   * @throws dev.larkspur.collective.PeerLostException if peers do not connect within the timeout of
   *     the rendezvous
   */
  public static SocketCollective join(Rendezvous rendezvous) {
    return join(rendezvous, Window.of(rendezvous.worldSize()));
  }

  /** Joins with a window, which must be the same on every rank. */
  static SocketCollective join(Rendezvous rendezvous, Window window) {
    SocketGroup group = SocketGroup.join(rendezvous, window);
    SocketCollective joined = null;
    try {
      joined = new SocketCollective(group);
      return joined;
    } finally {
      if (joined == null) {
        group.close();
      }
    }
  }

  @Override
  public int rank() {
    return links.rank();
  }

  @Override
  public int worldSize() {
    return links.worldSize();
  }

  @Override
  public void allReduceSum(FlatVector vector) {
    sum(vector, WireDtype.FP32);
  }

  @Override
  public PendingSum startSum(FlatVector vector, WireDtype wire) {
    return sums.add(() -> sum(vector, wire));
  }

  private void sum(FlatVector vector, WireDtype wire) {
    group.run(SUM, () -> vectors.sum(vector, wire));
  }

  @Override
  public void allReduceSum(double[] numbers) {
    group.run("sum up numbers", () -> arrays.sum(numbers));
  }

  @Override
  public void broadcast(FlatVector vector, int root) {
    group.run("broadcast parameters", () -> vectors.broadcast(vector, root));
  }

  @Override
  public void allGather(FlatVector vector) {
    group.run("gather shards", () -> vectors.gatherShards(vector));
  }

  @Override
  public int[][] allGather(int[] values) {
    int[][][] all = new int[1][][];
    group.run("gather numbers", () -> all[0] = arrays.gather(values));
    return all[0];
  }

  @Override
  public void barrier() {
    allReduceSum(new double[0]);
  }

  @Override
  public void close() {
    sums.close();
    group.close();
  }
}
