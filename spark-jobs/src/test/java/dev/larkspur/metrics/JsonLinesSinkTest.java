package dev.larkspur.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.run.AttemptLog;
import dev.larkspur.run.RunDirectory;
import dev.larkspur.storage.TryAgainException;
import dev.larkspur.train.RunFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesSinkTest {
  @TempDir private Path directory;
  private RunDirectory run;

  @BeforeEach
  void openRun() {
    run = new RunDirectory(directory.toString(), new Configuration());
  }

  @Test
  void everyPieceHoldsTheStepsOfItsName() throws Exception {
    JsonLinesSink log = sink(0);
    log.log(10, line(10));
    log.log(20, line(20));
    log.flush();
    log.log(30, line(30));
    log.flush();
    assertThat(pieces()).containsExactly("00000010-00000020.jsonl", "00000030-00000030.jsonl");
    assertThat(Files.readAllLines(directory.resolve("metrics/00000010-00000020.jsonl")))
        .hasSize(2)
        .first()
        .asString()
        .contains("\"step\":10", "\"validationLoss\":2.5");
  }

  @Test
  void aResumedRunDropsWhatItWillWriteAgain() throws Exception {
    JsonLinesSink first = sink(0);
    first.log(20, line(20));
    first.flush();
    first.log(30, line(30));
    first.flush();

    JsonLinesSink resumed = sink(20);
    resumed.log(40, line(40));
    resumed.flush();
    assertThat(pieces()).containsExactly("00000020-00000020.jsonl", "00000040-00000040.jsonl");
  }

  @Test
  void piecesAreMergedAFewAtATime() throws Exception {
    JsonLinesSink log = sink(0);
    List<String> before = List.of();
    for (long step = 1; step <= 600; step++) {
      log.log(step, line(step));
      log.flush();
      List<String> now = pieces();
      assertThat(before)
          .as("step %d", step)
          .filteredOn(piece -> !now.contains(piece))
          .hasSizeLessThan(8);
      assertThat(now).hasSizeLessThanOrEqualTo(16);
      before = now;
    }
    assertThat(steps()).containsExactlyElementsOf(upTo(600));
  }

  @Test
  void resumingInTheMiddleOfAMergedPieceKeepsEachStepOnce() throws Exception {
    JsonLinesSink log = sink(0);
    for (long step = 1; step <= 70; step++) {
      log.log(step, line(step));
      log.flush();
    }
    JsonLinesSink resumed = sink(40);
    assertThat(steps()).containsExactlyElementsOf(upTo(40));
    resumed.log(41, line(41));
    resumed.flush();
    assertThat(steps()).containsExactlyElementsOf(upTo(41));
    assertThat(JsonLinesSink.lastStep(run)).isEqualTo(41);
  }

  /** Killed after any of the deletions, or while the merged piece was written. */
  @Test
  void anInterruptedMergeNeitherLosesNorDuplicatesLines() throws Exception {
    List<String> parts = new ArrayList<>();
    for (int step = 1; step <= 3; step++) {
      JsonLinesSink log = sink(step - 1);
      log.log(step, line(step));
      log.flush();
      parts.add("%08d-%08d.jsonl".formatted(step, step));
    }
    Path metrics = directory.resolve("metrics");
    StringBuilder whole = new StringBuilder();
    for (String part : parts) {
      whole.append(Files.readString(metrics.resolve(part)));
    }
    Path merged = metrics.resolve("00000001-00000003.jsonl");
    for (int length = 0; length <= whole.length(); length++) {
      Files.writeString(merged, whole.substring(0, length));
      sink(3);
      assertThat(steps()).as("%d bytes", length).containsExactlyElementsOf(upTo(3));
    }
    Files.writeString(merged, whole);
    for (String part : parts) {
      Files.deleteIfExists(metrics.resolve(part));
      sink(3);
      assertThat(pieces()).containsExactly("00000001-00000003.jsonl");
    }
    assertThat(steps()).containsExactlyElementsOf(upTo(3));
  }

  /** The validation after a step may come long after its line. */
  @Test
  void linesOfOneStepMayBeWrittenAtDifferentTimes() throws Exception {
    JsonLinesSink log = sink(0);
    for (long step : new long[] {10, 20, 20, 20, 30}) {
      log.log(step, line(step));
      log.flush();
    }
    assertThat(pieces())
        .containsExactly(
            "00000010-00000010.jsonl",
            "00000020-00000020.jsonl",
            "00000020-00000020_2.jsonl",
            "00000020-00000020_3.jsonl",
            "00000030-00000030.jsonl");
    assertThat(steps()).containsExactly(10L, 20L, 20L, 20L, 30L);
  }

  /** Another driver has begun, which took the one of this sink for dead. */
  @Test
  void anEarlierAttemptWritesNothing() {
    JsonLinesSink log = sink(0);
    log.log(10, line(10));
    new AttemptLog(run).begin("later");
    assertThatThrownBy(log::flush).isInstanceOf(TryAgainException.class);
    assertThat(directory.resolve("metrics")).doesNotExist();
  }

  private JsonLinesSink sink(long step) {
    return new JsonLinesSink(run, 0, step);
  }

  private static List<Long> upTo(long step) {
    return LongStream.rangeClosed(1, step).boxed().toList();
  }

  private List<Long> steps() throws Exception {
    return RunFiles.metrics(directory).stream().map(line -> line.get("step").asLong()).toList();
  }

  /** The validation after a step may share a piece with the next step. */
  @Test
  void truncatingAPieceOverwritesNoOther() throws Exception {
    JsonLinesSink log = sink(0);
    log.log(100, line(100));
    log.flush();
    log.log(100, new ValidationMetrics(100, 1000, 3.5, 33.1, 0.1));
    log.log(110, line(110));
    log.flush();
    assertThat(pieces()).containsExactly("00000100-00000100.jsonl", "00000100-00000110.jsonl");

    sink(100).close();
    assertThat(pieces()).containsExactly("00000100-00000100.jsonl", "00000100-00000100_2.jsonl");
    assertThat(RunFiles.metrics(directory)).hasSize(2);
  }

  @Test
  void withoutLinesNoFileIsWritten() throws Exception {
    sink(0).flush();
    assertThat(directory.resolve("metrics")).doesNotExist();
  }

  private static ValidationMetrics line(long step) {
    return new ValidationMetrics(step, step * 100, 2.5, Math.exp(2.5), 0.1);
  }

  private List<String> pieces() throws Exception {
    try (Stream<Path> files = Files.list(directory.resolve("metrics"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
