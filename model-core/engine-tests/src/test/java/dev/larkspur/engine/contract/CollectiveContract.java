package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The collectives of workers that are threads of this process. */
public abstract class CollectiveContract extends EngineContract {

  @Test
  void everyRankEndsWithTheSameSum() throws Exception {
    int length = 100_003;
    List<float[]> results =
        onWorkers(
            3,
            peers -> {
              float[] values = new float[length];
              for (int i = 0; i < length; i++) {
                values[i] = (peers.rank() + 1) * 0.1f + i;
              }
              FlatVector vector = vector(values);
              peers.allReduceSum(vector);
              double[] numbers = {peers.rank(), 1};
              peers.allReduceSum(numbers);
              assertThat(numbers).containsExactly(3, 3);
              peers.barrier();
              float[] sums = new float[length];
              vector.read(0, FloatBuffer.wrap(sums));
              return sums;
            });
    assertThat(results.get(0)).isEqualTo(results.get(1)).isEqualTo(results.get(2));
    for (int i = 0; i < length; i += 997) {
      assertThat((double) results.get(0)[i]).isCloseTo(0.6 + 3.0 * i, within(i));
    }
  }

  @Test
  void broadcastCopiesTheRoot() throws Exception {
    List<float[]> results =
        onWorkers(
            2,
            peers -> {
              FlatVector vector = vector(peers.rank(), 7f);
              peers.broadcast(vector, 1);
              float[] values = new float[2];
              vector.read(0, FloatBuffer.wrap(values));
              return values;
            });
    assertThat(results).allSatisfy(values -> assertThat(values).containsExactly(1f, 7f));
  }

  @ParameterizedTest
  @CsvSource({"1, 5", "3, 0", "3, 7"})
  void allGatherGivesEveryRankAllValuesInTheOrderOfTheRanks(int workers, int longest)
      throws Exception {
    int[][] expected = new int[workers][];
    for (int rank = 0; rank < workers; rank++) {
      expected[rank] = IntStream.range(0, rank * longest).map(i -> Integer.MIN_VALUE + i).toArray();
    }
    assertThat(onWorkers(workers, peers -> peers.allGather(expected[peers.rank()])))
        .hasSize(workers)
        .allSatisfy(all -> assertThat(all).isDeepEqualTo(expected));
  }

  @Test
  void bf16OnTheWireRoundsEachGradientAndTheSumAndNothingElse() throws Exception {
    int length = 1001;
    int workers = 3;
    List<float[]> together =
        onWorkers(
            workers,
            peers -> {
              FlatVector vector = vector(random(length, peers.rank()));
              peers.startSum(vector, WireDtype.BF16).await();
              return floats(vector, 0);
            });
    for (int i = 0; i < length; i++) {
      float sum = 0;
      for (int rank = 0; rank < workers; rank++) {
        sum += bf16(random(length, rank)[i]);
      }
      assertThat(together.get(0)[i]).isEqualTo(bf16(sum));
    }
    assertThat(together).allSatisfy(sum -> assertThat(sum).isEqualTo(together.get(0)));
  }

  @Test
  void aPeerThatLeavesIsReported() {
    assertThatThrownBy(
            () ->
                onWorkers(
                    2,
                    peers -> {
                      if (peers.rank() == 0) {
                        peers.barrier();
                      }
                      return null;
                    }))
        .cause()
        .isInstanceOf(PeerLostException.class)
        .hasMessageContaining("worker 0 of 2 lost a peer")
        .hasMessageContaining("worker 1 (127.0.0.1) has left");
  }

  @Test
  void aPeerThatLivesButDoesNotComeIsNamed() throws Exception {
    CountDownLatch named = new CountDownLatch(1);
    List<String> messages =
        new Ranks(engine())
            .run(
                2,
                Duration.ofSeconds(2),
                peers -> {
                  if (peers.rank() == 1) {
                    awaitLatch(named);
                    return "";
                  }
                  try {
                    peers.barrier();
                    return "no exception";
                  } catch (PeerLostException e) {
                    assertThat(e.ranks()).containsExactly(1);
                    return e.getMessage();
                  } finally {
                    named.countDown();
                  }
                });
    assertThat(messages.get(0)).contains("worker 1 (127.0.0.1) is alive, but does not join");
  }

  private static float[] random(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The nearest bfloat16, ties to even. */
  private static float bf16(float value) {
    int bits = Float.floatToIntBits(value);
    int rounded = bits + 0x7fff + ((bits >>> 16) & 1);
    return Float.intBitsToFloat(rounded & 0xffff0000);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static org.assertj.core.data.Offset<Double> within(int magnitude) {
    return org.assertj.core.api.Assertions.within(1e-6 * (1 + magnitude) * 3);
  }
}
