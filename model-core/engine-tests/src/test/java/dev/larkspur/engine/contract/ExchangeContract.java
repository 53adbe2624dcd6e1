package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.larkspur.collective.BucketedExchange;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.GradientProgress;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.optim.AdamW;
import dev.larkspur.tensor.Shard;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients, updates and whole trainings of several workers against those of one. */
public abstract class ExchangeContract extends EngineContract {
  private static final ModelConfig MODEL = TestModels.tiny(new FfnStructure.LowRank(5));
  private static final int SEQUENCES = 12;
  private static final int STEPS = 5;

  /** Many buckets, the last one short; the model has some thousand parameters. */
  private static final long BUCKET_BYTES = 1000;

  @Test
  void theBackwardPassCompletesTheGradientFromItsEnd() {
    List<Long> offsets = new ArrayList<>();
    try (Replica replica = replica(MODEL, Precision.FP32)) {
      replica.initialize(1);
      List<float[]> then = new ArrayList<>();
      replica.accumulate(
          TestModels.randomBatch(MODEL, 2, 3),
          1,
          offset -> {
            offsets.add(offset);
            then.add(floats(replica.gradient(), offset));
          });
      for (int i = 0; i < then.size(); i++) {
        assertThat(floats(replica.gradient(), offsets.get(i))).isEqualTo(then.get(i));
      }
      assertThat(offsets)
          .isSortedAccordingTo(Comparator.reverseOrder())
          .contains(replica.table().layerOffset(1), replica.table().layerOffset(0))
          .endsWith(0L);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, FP32, 1e-6", "3, FP32, 1e-6", "2, BF16, 8e-3", "3, BF16, 8e-3"})
  void workersTogetherHaveTheGradientOfOne(int workers, WireDtype wire, double tolerance)
      throws Exception {
    float[] alone = onOne(replica -> accumulate(replica, 0, SEQUENCES, offset -> {}));
    List<float[]> together =
        onWorkers(
            workers,
            peers -> {
              try (Replica replica = replica(Shard.whole(length()))) {
                exchange(peers, replica, wire);
                return floats(replica.gradient(), 0);
              }
            });
    float largest = largest(alone);
    for (float[] gradient : together) {
      assertThat(gradient).isEqualTo(together.get(0));
      for (int i = 0; i < gradient.length; i++) {
        assertThat((double) gradient[i]).isCloseTo(alone[i], within(tolerance * largest));
      }
    }
  }

  /** As the training loop does it: each worker has the norm of its part of the summed gradient. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void workersTogetherHaveTheGradientNormOfOne(int workers) throws Exception {
    double alone = onWorkers(1, this::gradientNorm).get(0);
    assertThat(onWorkers(workers, this::gradientNorm))
        .allSatisfy(norm -> assertThat(norm).isCloseTo(alone, withinPercentage(1e-4)));
  }

  private double gradientNorm(Collective peers) {
    try (Replica replica = replica(Shard.whole(length()))) {
      exchange(peers, replica, WireDtype.FP32);
      double part = replica.gradientNorm(Shard.of(length(), peers.rank(), peers.worldSize()));
      double[] square = {part * part};
      peers.allReduceSum(square);
      return Math.sqrt(square[0]);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.larkspur.engine.contract.TestModels#structures")
  void twoWorkersTrainEachKindAsOneDoes(FfnStructure structure) throws Exception {
    ModelConfig model = TestModels.tiny(structure);
    float[] alone = onWorkers(1, peers -> train(peers, model)).get(0);
    List<float[]> together = onWorkers(2, peers -> train(peers, model));
    assertThat(together.get(1)).isEqualTo(together.get(0));
    for (int i = 0; i < alone.length; i++) {
      assertThat((double) together.get(0)[i]).isCloseTo(alone[i], within(1e-5));
    }
  }

  /** Plain descent, of which AdamW's first steps would only keep the signs. */
  private float[] train(Collective peers, ModelConfig model) {
    long length = ParameterTable.of(model).length();
    try (Replica replica = replica(model, Shard.whole(length))) {
      for (int step = 0; step < STEPS; step++) {
        exchange(peers, replica, WireDtype.FP32);
        float[] parameters = floats(replica.parameters(), 0);
        float[] gradient = floats(replica.gradient(), 0);
        for (int i = 0; i < parameters.length; i++) {
          parameters[i] -= gradient[i];
        }
        replica.parameters().write(0, FloatBuffer.wrap(parameters));
      }
      return floats(replica.parameters(), 0);
    }
  }

  @ParameterizedTest
  @EnumSource(WireDtype.class)
  void aShardedOptimizerEndsWithTheSameBits(WireDtype wire) throws Exception {
    List<float[]> whole = onWorkers(3, peers -> train(peers, wire, Shard.whole(length())));
    List<float[]> sharded =
        onWorkers(3, peers -> train(peers, wire, Shard.of(length(), peers.rank(), 3)));
    assertThat(whole).allSatisfy(each -> assertThat(each).isEqualTo(whole.get(0)));
    assertThat(sharded).allSatisfy(each -> assertThat(each).isEqualTo(whole.get(0)));
  }

  @Test
  void shardsFollowEachOtherAndAreTheWhole() {
    for (long length : new long[] {0, 1, 15, 16, 47, 48, 1_000_003}) {
      long end = 0;
      for (int rank = 0; rank < 3; rank++) {
        Shard shard = Shard.of(length, rank, 3);
        assertThat(shard.offset()).isEqualTo(end);
        end += shard.length();
      }
      assertThat(end).isEqualTo(length);
    }
  }

  private float[] train(Collective peers, WireDtype wire, Shard shard) {
    try (Replica replica = replica(shard)) {
      assertThat(replica.optimizerState().vectors().values())
          .hasSize(2)
          .allSatisfy(vector -> assertThat(vector.length()).isEqualTo(shard.length()));
      for (int step = 1; step <= STEPS; step++) {
        exchange(peers, replica, wire);
        replica.update(1e-2, step, Math.min(1, 0.5 / replica.gradientNorm()));
        if (shard.length() < length()) {
          peers.allGather(replica.parameters());
        }
      }
      return floats(replica.parameters(), 0);
    }
  }

  private static void exchange(Collective peers, Replica replica, WireDtype wire) {
    BucketedExchange exchange =
        new BucketedExchange(
            peers,
            replica.gradient(),
            wire,
            BUCKET_BYTES,
            replica.table().parameters().get(0).size());
    int share = SEQUENCES / peers.worldSize();
    int first = peers.rank() * share;
    replica.clearGradient();
    accumulate(replica, first, share / 2, offset -> {});
    accumulate(replica, first + share / 2, share - share / 2, exchange);
    exchange.finish();
  }

  private static void accumulate(
      Replica replica, int first, int sequences, GradientProgress progress) {
    TokenBatch all = TestModels.randomBatch(MODEL, SEQUENCES, 3);
    TokenBatch batch = new TokenBatch(sequences, MODEL.context());
    System.arraycopy(all.ids(), all.offset(first), batch.ids(), 0, batch.ids().length);
    replica.accumulate(batch, 1.0 / all.tokens(), progress);
  }

  private float[] onOne(Consumer<Replica> work) {
    try (Replica replica = replica(Shard.whole(length()))) {
      work.accept(replica);
      return floats(replica.gradient(), 0);
    }
  }

  private Replica replica(Shard shard) {
    return replica(MODEL, shard);
  }

  private Replica replica(ModelConfig model, Shard shard) {
    Replica replica = engine().replica(model, Device.cpu(1), Precision.FP32, AdamW.PAPER, shard);
    replica.initialize(5);
    return replica;
  }

  private static long length() {
    return ParameterTable.of(MODEL).length();
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
