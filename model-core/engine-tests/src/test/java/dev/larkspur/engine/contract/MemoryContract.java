package dev.larkspur.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.Replica;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.FfnConfig;
import dev.larkspur.model.FfnStructure;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.ModelConfig.Dimensions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Repeated work frees what it allocates: the resident memory of the process does not keep growing.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc")
public abstract class MemoryContract extends EngineContract {
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4096;

  /**
   * How much the process may grow in a round, in bytes. A leak shows in every round; an allocator
   * that takes another block from the system, a heap that grows, or code that is compiled, in some.
   */
  private static final long TOLERATED_BYTES = 1 << 20;

  /** Rounds without growth that show that there is no leak. */
  private static final int ENOUGH_ROUNDS = 3;

  private static final int MOST_ROUNDS = 15;

  private static final int SEQUENCES = 4;
  private static final int CONTEXT = 32;

  /** 70,000 parameters; hidden states of a pass, [4 · 32, 64], are 32 kB. */
  private static final ModelConfig MODEL =
      new ModelConfig(
          new Dimensions(256, CONTEXT, 64, 2),
          new AttentionConfig(64, 4, 4),
          FfnConfig.paper(256, new FfnStructure.LowRank(16)),
          DecoderVariant.PAPER,
          ModelConfig.PAPER_INIT_STD);

  /** 4,600,000 parameters: 18 MB; caches of 64 · 32 tokens take 8 MB, products of factors 4 MB. */
  private static final ModelConfig LARGE =
      new ModelConfig(
          new Dimensions(10_000, CONTEXT, 256, 2),
          new AttentionConfig(256, 4, 4),
          FfnConfig.paper(2048, new FfnStructure.LowRank(16)),
          DecoderVariant.PAPER,
          ModelConfig.PAPER_INIT_STD);

  /**
   * What an allocator may keep for itself, in bytes, of memory that was freed: glibc's keeps twice
   * the largest block that was freed, and more where blocks lie between.
   */
  private static final long RESERVED_BYTES = 96 << 20;

  /** So many that the smallest of the large blocks, of 4 MB, would not fit in the reserve. */
  private static final int REPETITIONS = 40;

  @ParameterizedTest
  @EnumSource(names = {"FP32", "BF16"})
  void stepsAndValidationsFreeTheirMemory(Precision precision) {
    TokenBatch batch = TestModels.randomBatch(MODEL, SEQUENCES, 9);
    try (Replica replica = replica(MODEL, precision)) {
      replica.initialize(1);
      assertDoesNotGrow(
          50,
          () -> {
            train(replica, batch);
            replica.loss(batch);
          });
    }
  }

  @ParameterizedTest
  @EnumSource(FactorMerge.class)
  void decodingSessionsFreeTheirMemory(FactorMerge merge) {
    try (Replica replica = replica(MODEL, Precision.FP32)) {
      replica.initialize(1);
      assertDoesNotGrow(50, () -> decode(replica, merge));
    }
  }

  @Test
  void closedReplicasFreeTheirMemory() {
    TokenBatch batch = TestModels.randomBatch(MODEL, SEQUENCES, 9);
    assertDoesNotGrow(
        5,
        () -> {
          try (Replica replica = replica(MODEL, orFp32(Precision.BF16))) {
            replica.initialize(1);
            train(replica, batch);
            decode(replica, FactorMerge.ALWAYS);
          }
        });
  }

  @Test
  void closingFreesVectorsWithoutTheGarbageCollector() {
    assertFreesAtOnce(
        () -> {
          try (Replica replica = replica(LARGE, Precision.FP32)) {
            replica.clearGradient();
            replica.update(1e-3, 1, 1);
          }
        });
  }

  @Test
  void closingFreesCachesAndProductsWithoutTheGarbageCollector() {
    try (Replica replica = replica(LARGE, Precision.FP32)) {
      assertFreesAtOnce(
          () -> {
            try (DecodingSession decoding = replica.decoding(64, CONTEXT, FactorMerge.ALWAYS)) {
              decoding.begin(List.of(new int[] {1, 2}));
            }
          });
    }
  }

  private static void train(Replica replica, TokenBatch batch) {
    replica.clearGradient();
    replica.accumulate(batch, 1.0 / batch.tokens());
    replica.update(1e-3, 1, Math.min(1, 1 / replica.gradientNorm()));
  }

  private static void decode(Replica replica, FactorMerge merge) {
    try (DecodingSession decoding = replica.decoding(SEQUENCES, CONTEXT, merge)) {
      decoding.begin(List.of(new int[] {1, 2}, new int[] {3}));
      decoding.next(new int[] {4, 5});
      decoding.keep(new int[] {1});
      decoding.next(new int[] {4});
    }
  }

  /** Fails if the resident memory grows round after round; the first round warms up. */
  private static void assertDoesNotGrow(int repetitions, Runnable work) {
    List<Long> growth = new ArrayList<>();
    long before = residentAfter(repetitions, work);
    while (growth.stream().filter(bytes -> bytes < TOLERATED_BYTES).count() < ENOUGH_ROUNDS) {
      assertThat(growth)
          .as("growth in rounds of %d repetitions, in bytes", repetitions)
          .hasSizeLessThan(MOST_ROUNDS);
      long after = residentAfter(repetitions, work);
      growth.add(after - before);
      before = after;
    }
  }

  /** Fails if the resident memory grows by what a few repetitions allocate; the first warms up. */
  private static void assertFreesAtOnce(Runnable work) {
    work.run();
    long before = resident();
    for (int i = 0; i < REPETITIONS; i++) {
      work.run();
    }
    assertThat(resident() - before)
        .as("growth of %d repetitions, in bytes", REPETITIONS)
        .isLessThan(RESERVED_BYTES);
  }

  private static long residentAfter(int repetitions, Runnable work) {
    for (int i = 0; i < repetitions; i++) {
      work.run();
    }
    collectGarbage();
    return resident();
  }

  private static long resident() {
    try {
      String[] pages = Files.readString(STATM).split(" ", -1);
      return Long.parseLong(pages[1]) * PAGE_BYTES;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Engines may free native memory of unreachable objects only once these are collected. */
  private static void collectGarbage() {
    System.gc();
  }
}
