package dev.larkspur.collective;

import dev.larkspur.tensor.FlatVector;

/** A group of one: there is nothing to exchange. */
public final class SingleWorker implements Collective {

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int worldSize() {
    return 1;
  }

  @Override
  public void allReduceSum(FlatVector vector) {}

  @Override
  public void allReduceSum(double[] numbers) {}

  @Override
  public void broadcast(FlatVector vector, int root) {}

  @Override
  public int[][] allGather(int[] values) {
    return new int[][] {values};
  }

  @Override
  public void barrier() {}

  @Override
  public void close() {}
}
