package dev.larkspur.collective.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.Collective.PendingSum;
import dev.larkspur.collective.PeerLostException;
import dev.larkspur.collective.Rendezvous;
import dev.larkspur.collective.Rendezvous.PortRange;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.collective.socket.PeerLinks.Window;
import dev.larkspur.tensor.HeapVector;
import dev.larkspur.tensor.Shard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vectors that do not fit into one message, numbers of workers that do not divide them. */
@Timeout(60)
class SocketCollectiveTest {
  /** Small, so that short vectors have many messages. */
  private static final Window WINDOW = new Window(97, 3);

  private static final int LONG = 10 * 97 + 11;

  @ParameterizedTest
  @CsvSource({
    "1, FP32", "1, BF16", "2, FP32", "2, BF16", "3, FP32", "3, BF16", "5, FP32", "5, BF16"
  })
  void aSumIsAddedUpInTheOrderOfTheRanks(int workers, WireDtype wire) throws Exception {
    for (int length : new int[] {0, 1, 33, 1000, LONG, workers * LONG}) {
      List<float[]> sums =
          Members.run(
              workers,
              WINDOW,
              peers -> {
                HeapVector vector = new HeapVector(random(length, peers.rank()));
                peers.startSum(vector, wire).await();
                return vector.values();
              });
      float[] expected = new float[length];
      for (int rank = 0; rank < workers; rank++) {
        float[] values = rounded(random(length, rank), wire);
        for (int i = 0; i < length; i++) {
          expected[i] = rank == 0 ? values[i] : expected[i] + values[i];
        }
      }
      float[] result = rounded(expected, wire);
      assertThat(sums).allSatisfy(sum -> assertThat(Arrays.equals(sum, result)).isTrue());
    }
  }

  @ParameterizedTest
  @CsvSource({"2, FP32", "2, BF16", "4, FP32"})
  void aVectorMayBeLongerThanTheBuffersOfTheSystem(int workers, WireDtype wire) throws Exception {
    int length = 3_000_017;
    List<float[]> sums =
        Members.run(
            workers,
            peers -> {
              HeapVector vector = new HeapVector(length);
              Arrays.fill(vector.values(), peers.rank() + 1);
              peers.startSum(vector, wire).await();
              return vector.values();
            });
    float[] expected = new float[length];
    Arrays.fill(expected, IntStream.rangeClosed(1, workers).sum());
    assertThat(sums).allSatisfy(sum -> assertThat(Arrays.equals(sum, expected)).isTrue());
  }

  @Test
  void bf16KeepsWhatIsNoFiniteNumber() throws Exception {
    float[] special = {
      Float.NaN,
      Float.intBitsToFloat(0x7fff_ffff),
      Float.intBitsToFloat(0xffff_ffff),
      Float.intBitsToFloat(0x7f80_0001),
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MAX_VALUE,
      -0f,
      Float.MIN_VALUE
    };
    float[] sum =
        Members.run(
                1,
                peers -> {
                  HeapVector vector = new HeapVector(special.clone());
                  peers.startSum(vector, WireDtype.BF16).await();
                  return vector.values();
                })
            .get(0);
    assertThat(sum)
        .containsExactly(
            Float.NaN,
            Float.NaN,
            Float.NaN,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.POSITIVE_INFINITY,
            -0f,
            0f);
  }

  @Test
  void sumsThatAreBegunTogetherAreTakenInTheirOrder() throws Exception {
    List<float[]> all =
        Members.run(
            3,
            peers -> {
              HeapVector vector = new HeapVector(random(10_000, peers.rank()));
              List<PendingSum> pending = new ArrayList<>();
              for (int bucket = 9; bucket >= 0; bucket--) {
                pending.add(
                    peers.startSum(
                        vector.slice(bucket * 1000L, 1000),
                        bucket % 2 == 0 ? WireDtype.FP32 : WireDtype.BF16));
              }
              pending.forEach(PendingSum::await);
              return vector.values();
            });
    assertThat(all.get(1)).isEqualTo(all.get(0));
    assertThat(all.get(2)).isEqualTo(all.get(0));
    float first = random(10_000, 0)[1] + random(10_000, 1)[1] + random(10_000, 2)[1];
    assertThat(all.get(0)[1]).isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void everyRankCanBeTheRootOfABroadcast(int workers) throws Exception {
    for (int length : new int[] {0, 3, LONG}) {
      for (int root = 0; root < workers; root++) {
        int from = root;
        List<float[]> all =
            Members.run(
                workers,
                WINDOW,
                peers -> {
                  HeapVector vector = new HeapVector(random(length, peers.rank()));
                  peers.broadcast(vector, from);
                  return vector.values();
                });
        float[] expected = random(length, root);
        assertThat(all).allSatisfy(each -> assertThat(Arrays.equals(each, expected)).isTrue());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void shardsAreGathered(int workers) throws Exception {
    for (int length : new int[] {0, 20, LONG}) {
      float[] whole = random(length, 1);
      List<float[]> all =
          Members.run(
              workers,
              WINDOW,
              peers -> {
                HeapVector vector = new HeapVector(length);
                Shard own = Shard.of(length, peers.rank(), workers);
                System.arraycopy(
                    whole,
                    (int) own.offset(),
                    vector.values(),
                    (int) own.offset(),
                    (int) own.length());
                peers.allGather(vector);
                return vector.values();
              });
      assertThat(all).allSatisfy(each -> assertThat(Arrays.equals(each, whole)).isTrue());
    }
  }

  @Test
  void arraysMayBeLongerThanAMessage() throws Exception {
    int numbers = WINDOW.bytes() / Double.BYTES + 10;
    int integers = WINDOW.bytes() / Integer.BYTES + 10;
    List<int[][]> gathered =
        Members.run(
            2,
            WINDOW,
            peers -> {
              double[] sums = new double[numbers];
              Arrays.setAll(sums, i -> i + 0.5 * peers.rank());
              peers.allReduceSum(sums);
              for (int i = 0; i < numbers; i++) {
                assertThat(sums[i]).isEqualTo(2 * i + 0.5);
              }
              return peers.allGather(IntStream.range(0, peers.rank() * integers).toArray());
            });
    assertThat(gathered)
        .allSatisfy(
            all ->
                assertThat(all)
                    .isDeepEqualTo(new int[][] {{}, IntStream.range(0, integers).toArray()}));
  }

  /** Whoever notices first hangs up on the other. */
  @Test
  void vectorsOfDifferentLengthsAreRefused() throws Exception {
    List<RuntimeException> failures =
        Members.run(
            2,
            peers -> {
              try {
                peers.allReduceSum(new HeapVector(LONG + peers.rank()));
                return null;
              } catch (PeerLostException | IllegalStateException e) {
                return e;
              }
            });
    assertThat(failures).doesNotContainNull();
    assertThat(failures)
        .filteredOn(IllegalStateException.class::isInstance)
        .isNotEmpty()
        .allSatisfy(
            e ->
                assertThat(e)
                    .hasMessageContaining("SUM_IN_FP32 of length " + LONG)
                    .hasMessageContaining("SUM_IN_FP32 of length " + (LONG + 1)));
  }

  @Test
  void aGroupThatHasLostAPeerStaysBroken() throws Exception {
    List<Integer> failures =
        Members.run(
            2,
            peers -> {
              if (peers.rank() == 1) {
                return 0;
              }
              int failed = 0;
              for (int attempt = 0; attempt < 2; attempt++) {
                try {
                  peers.barrier();
                } catch (PeerLostException e) {
                  assertThat(e.ranks()).containsExactly(1);
                  failed++;
                }
              }
              return failed;
            });
    assertThat(failures).containsExactly(2, 0);
  }

  @Test
  void anInterruptedCollectiveSaysSo() throws Exception {
    List<String> messages =
        Members.run(
            2,
            peers -> {
              if (peers.rank() == 0) {
                Thread.currentThread().interrupt();
              }
              try {
                peers.barrier();
                return "no exception";
              } catch (PeerLostException e) {
                return e.getMessage();
              } finally {
                Thread.interrupted();
              }
            });
    assertThat(messages.get(0))
        .isEqualTo("worker 0 of 2 was interrupted while it waited for its peers");
    assertThat(messages.get(1)).contains("worker 1 of 2 lost a peer");
  }

  @Test
  void anInterruptedJoinSaysSo() {
    Rendezvous alone =
        new Rendezvous(0, 2, "127.0.0.1", PortRange.ANY, own -> own, Duration.ofSeconds(20));
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> SocketCollective.join(alone))
          .isInstanceOf(PeerLostException.class)
          .hasMessage("worker 0 of 2 was interrupted while it waited for its peers");
    } finally {
      Thread.interrupted();
    }
  }

  private static float[] random(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static float[] rounded(float[] values, WireDtype wire) {
    float[] rounded = values.clone();
    if (wire == WireDtype.BF16) {
      for (int i = 0; i < rounded.length; i++) {
        int bits = Float.floatToIntBits(values[i]);
        rounded[i] = Float.intBitsToFloat(bits + 0x7fff + ((bits >>> 16) & 1) & 0xffff_0000);
      }
    }
    return rounded;
  }
}
