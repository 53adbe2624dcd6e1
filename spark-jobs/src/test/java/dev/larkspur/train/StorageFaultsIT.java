package dev.larkspur.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.settings.Settings;
import dev.larkspur.storage.FaultyFileSystem;
import dev.larkspur.storage.FaultyFileSystem.Operation;
import dev.larkspur.train.driver.TrainingJob;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.apache.commons.io.FileUtils;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operation on the run's directory fails once, at each of its occurrences in a short run. */
class StorageFaultsIT {
  private static final int STEPS = 4;

  private static final Map<Operation, Integer> OCCURRENCES = new EnumMap<>(Operation.class);

  @TempDir private static Path directory;
  private static SparkContext spark;
  private static Map<String, ByteBuffer> undisturbed;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    spark = SmallCorpus.spark();
    SmallCorpus.prepare(directory);
    spark.hadoopConfiguration().set("fs.faulty.impl", FaultyFileSystem.class.getName());
    FaultyFileSystem.failNothing();
    train("half", STEPS / 2);
    train("undisturbed", STEPS);
    undisturbed = RunFiles.tensors(directory.resolve("undisturbed"), STEPS);
  }

  @AfterAll
  static void stop() {
    FaultyFileSystem.failNothing();
    spark.stop();
  }

  @ParameterizedTest
  @EnumSource
  void theRunEndsWithTheSameBits(Operation operation) throws IOException {
    int occurrences = occurrences().get(operation);
    for (int at = 1; at <= occurrences; at += operation == Operation.STATUS ? 4 : 1) {
      String run = "%s-%d".formatted(operation, at);
      copyHalf(run);
      FaultyFileSystem.fail(operation, at);
      try {
        train(run, STEPS);
      } catch (RuntimeException refused) {
        // Not every failure is survived without another start: then it is reported as it was.
        assertThat(refused).as(run).hasStackTraceContaining("injected: " + operation);
        FaultyFileSystem.failNothing();
        train(run, STEPS);
      }
      assertThat(RunFiles.tensors(directory.resolve(run), STEPS))
          .as(run)
          .containsExactlyEntriesOf(undisturbed);
    }
  }

  /** Storage is away for so long that a driver gives up, or not quite. */
  @ParameterizedTest
  @CsvSource({"1, 40", "20, 10", "20, 10000", "60, 40", "100, 10", "100, 10000", "140, 80"})
  void afterAnOutageTheRunEndsWithTheSameBits(int from, int calls) throws IOException {
    String run = "outage-%d-%d".formatted(from, calls);
    copyHalf(run);
    FaultyFileSystem.failAll(from, from + calls);
    try {
      train(run, STEPS);
      assertThat(FaultyFileSystem.count()).as("the outage is over").isGreaterThan(from + calls);
    } catch (RuntimeException refused) {
      assertThat(refused).hasStackTraceContaining("injected: ");
      FaultyFileSystem.failNothing();
      train(run, STEPS);
    }
    assertThat(RunFiles.tensors(directory.resolve(run), STEPS))
        .containsExactlyEntriesOf(undisturbed);
  }

  @Test
  void thereAreAHundredOccurrences() throws IOException {
    assertThat(occurrences().values().stream().mapToInt(Integer::intValue).sum())
        .isGreaterThanOrEqualTo(100);
  }

  /** How often each operation happens if nothing fails. */
  private static Map<Operation, Integer> occurrences() throws IOException {
    if (OCCURRENCES.isEmpty()) {
      copyHalf("counted");
      FaultyFileSystem.failNothing();
      train("counted", STEPS);
      for (Operation operation : Operation.values()) {
        OCCURRENCES.put(operation, FaultyFileSystem.count(operation));
      }
    }
    return OCCURRENCES;
  }

  /** So that a checkpoint is read, too. */
  private static void copyHalf(String run) throws IOException {
    FileUtils.copyDirectory(directory.resolve("half").toFile(), directory.resolve(run).toFile());
  }

  private static void train(String run, int steps) {
    Settings settings =
        SmallCorpus.settings(
            directory,
            run,
            "run.dir=%s://%s".formatted(FaultyFileSystem.SCHEME, directory.resolve(run)),
            "spark.\"hadoop.fs.faulty.impl\"=" + FaultyFileSystem.class.getName(),
            "training.steps=" + steps,
            "training.workers=1",
            "training.warmup-fraction=0",
            "training.final-learning-rate-ratio=1",
            "training.validation-sequences=8",
            "training.restart-delay=0s",
            "checkpoint.every=1",
            "checkpoint.keep=1");
    TrainingJob.run(spark, settings, progress -> {});
  }
}
