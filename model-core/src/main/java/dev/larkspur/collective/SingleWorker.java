package dev.larkspur.collective;

import dev.larkspur.tensor.FlatVector;

/** A group of one worker, which exchanges nothing. */
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
