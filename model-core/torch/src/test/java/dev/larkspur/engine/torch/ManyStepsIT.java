package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.collective.BucketedExchange;
import dev.larkspur.collective.Collective;
import dev.larkspur.collective.WireDtype;
import dev.larkspur.engine.Device;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.engine.contract.Ranks;
import dev.larkspur.engine.contract.TestModels;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelConfig.Dimensions;
import dev.larkspur.optim.AdamW;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two workers train 2,000 steps with the gradient exchange in the memory of the first 500. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
class ManyStepsIT {
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4096;
  private static final int WARM = 500;
  private static final int STEPS = 2000;

  /** 11 kB a step: less than the gradient of one bias and one state of a pass. */
  private static final long TOLERATED_BYTES = 16 << 20;

  /** Less than one native object in ten steps. */
  private static final long TOLERATED_OBJECTS = 150;

  /** 70,000 parameters. The rows of a batch's tokens are exchanged apart from the tied matrix. */
  private static final ModelConfig MODEL =
      new ModelConfig(
          new Dimensions(256, 32, 64, 2),
          new AttentionConfig(64, 4, 4),
          FfnConfig.paper(256, new FfnStructure.LowRank(16)),
          DecoderVariant.PAPER,
          ModelConfig.PAPER_INIT_STD);

  private static final long BUCKET_BYTES = 64 << 10;

  /**
   * What this process holds.
   *
   * @param resident memory, in bytes
   * @param objects of native libraries
   */
  private record Held(long resident, long objects) {

    static Held now() {
      // Unreachable objects of native libraries count until they are collected.
      System.gc();
      try {
        long pages = Long.parseLong(Files.readString(STATM).split(" ", -1)[1]);
        return new Held(pages * PAGE_BYTES, Pointer.totalCount());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(WireDtype.class)
  void memoryDoesNotGrow(WireDtype wire) throws Exception {
    List<List<Held>> held = new Ranks(new TorchEngine()).run(2, peers -> train(peers, wire));
    Held warm = held.get(0).get(0);
    Held end = held.get(0).get(1);
    assertThat(end.objects() - warm.objects())
        .as("more native objects after step %d than after step %d", STEPS, WARM)
        .isLessThan(TOLERATED_OBJECTS);
    assertThat(end.resident() - warm.resident())
        .as("growth in bytes from step %d to %d", WARM, STEPS)
        .isLessThan(TOLERATED_BYTES);
  }

  private static List<Held> train(Collective peers, WireDtype wire) {
    TokenBatch batch = TestModels.randomBatch(MODEL, 4, 9);
    try (Replica replica =
            new TorchEngine().replica(MODEL, Device.cpu(1), Precision.FP32, AdamW.PAPER);
        BucketedExchange exchange =
            new BucketedExchange(
                peers,
                replica.gradient(),
                wire,
                BUCKET_BYTES,
                replica.table().parameters().get(0).size())) {
      replica.initialize(1);
      Held warm = null;
      for (int step = 1; step <= STEPS; step++) {
        replica.clearGradient();
        replica.accumulate(batch, 1.0 / batch.tokens(), exchange);
        exchange.finish();
        replica.update(1e-4, step, Math.min(1, 1 / replica.gradientNorm()));
        if (step == WARM) {
          warm = heldByAll(peers);
        }
      }
      return List.of(warm, heldByAll(peers));
    }
  }

  /** Read while no worker computes. */
  private static Held heldByAll(Collective peers) {
    peers.barrier();
    Held held = Held.now();
    peers.barrier();
    return held;
  }
}
