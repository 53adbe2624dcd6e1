package dev.larkspur.collective.compression;

import dev.larkspur.collective.Collective;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Workers that are threads of this process and exchange arrays. */
public final class InMemoryGroup {
  private static final long SECONDS = 20;

  private final Object[] posted;
  private final CyclicBarrier barrier;

  private InMemoryGroup(int worldSize) {
    this.posted = new Object[worldSize];
    this.barrier = new CyclicBarrier(worldSize);
  }

  /** What each worker returns, by rank. */
  public static <T> List<T> run(int worldSize, Function<Collective, T> work) throws Exception {
    InMemoryGroup group = new InMemoryGroup(worldSize);
    ExecutorService pool = Executors.newFixedThreadPool(worldSize);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int rank = 0; rank < worldSize; rank++) {
        Collective member = group.new Member(rank);
        futures.add(pool.submit(() -> work.apply(member)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(SECONDS, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }

  private void await() {
    try {
      barrier.await(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Member implements Collective {
    private final int rank;

    Member(int rank) {
      this.rank = rank;
    }

    /** Everybody's, in the order of the ranks. */
    private <T> List<T> post(T own, Class<T> type) {
      posted[rank] = own;
      await();
      List<T> all = new ArrayList<>();
      for (Object each : posted) {
        all.add(type.cast(each));
      }
      await();
      return all;
    }

    @Override
    public int rank() {
      return rank;
    }

    @Override
    public int worldSize() {
      return posted.length;
    }

    @Override
    public void allReduceSum(FlatVector vector) {
      float[] own = new float[Math.toIntExact(vector.length())];
      vector.read(0, FloatBuffer.wrap(own));
      float[] sum = new float[own.length];
      for (float[] values : post(own, float[].class)) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += values[i];
        }
      }
      vector.write(0, FloatBuffer.wrap(sum));
    }

    @Override
    public void allReduceSum(double[] numbers) {
      double[] sum = new double[numbers.length];
      for (double[] values : post(numbers.clone(), double[].class)) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += values[i];
        }
      }
      System.arraycopy(sum, 0, numbers, 0, sum.length);
    }

    @Override
    public int[][] allGather(int[] values) {
      return post(values, int[].class).toArray(new int[0][]);
    }

    @Override
    public void broadcast(FlatVector vector, int root) {
      float[] values = new float[Math.toIntExact(vector.length())];
      vector.read(0, FloatBuffer.wrap(values));
      vector.write(0, FloatBuffer.wrap(post(values, float[].class).get(root)));
    }

    @Override
    public void barrier() {
      await();
    }

    @Override
    public void close() {}
  }
}
