package dev.larkspur.metrics;

import dev.larkspur.run.RunDirectory;
import dev.larkspur.train.RunFiles;

import static org.assertj.core.api.Assertions.assertThat;

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

class MetricsLogTest {
  @TempDir private Path directory;
  private RunDirectory run;

  @BeforeEach
  void openRun() {
    run = new RunDirectory(directory.toString(), new Configuration());
  }

  @Test
  void everyPieceHoldsTheStepsOfItsName() throws Exception {
    MetricsLog log = new MetricsLog(run, 0);
    log.add(line(10));
    log.add(line(20));
    log.cut(20).run();
    log.add(line(30));
    log.cut(30).run();
    assertThat(pieces()).containsExactly("00000001-00000020.jsonl", "00000021-00000030.jsonl");
    assertThat(Files.readAllLines(directory.resolve("metrics/00000001-00000020.jsonl")))
        .hasSize(2)
        .first()
        .asString()
        .contains("\"step\":10", "\"validationLoss\":2.5");
  }

  @Test
  void aResumedRunDropsWhatItWillWriteAgain() throws Exception {
    MetricsLog first = new MetricsLog(run, 0);
    first.add(line(20));
    first.cut(20).run();
    first.add(line(30));
    first.cut(30).run();

    MetricsLog resumed = new MetricsLog(run, 20);
    resumed.add(line(40));
    resumed.cut(40).run();
    assertThat(pieces()).containsExactly("00000001-00000020.jsonl", "00000021-00000040.jsonl");
  }

  @Test
  void asARunGrowsItsPiecesAreMerged() throws Exception {
    MetricsLog log = new MetricsLog(run, 0);
    for (long step = 1; step <= 200; step++) {
      log.add(line(step));
      log.cut(step).run();
      assertThat(pieces().size()).isLessThan(64);
    }
    assertThat(steps()).containsExactlyElementsOf(upTo(200));
    assertThat(pieces()).contains("00000001-00000190.jsonl").hasSize(11);
  }

  @Test
  void resumedInTheMiddleOfAMergedPieceEachStepIsThereOnce() throws Exception {
    MetricsLog log = new MetricsLog(run, 0);
    for (long step = 1; step <= 70; step++) {
      log.add(line(step));
      log.cut(step).run();
    }
    MetricsLog resumed = new MetricsLog(run, 40);
    assertThat(steps()).containsExactlyElementsOf(upTo(40));
    resumed.add(line(41));
    resumed.cut(41).run();
    assertThat(steps()).containsExactlyElementsOf(upTo(41));
    assertThat(MetricsLog.lastStep(run)).isEqualTo(41);
  }

  /** Killed after any of the deletions, or while the merged piece was written. */
  @Test
  void anInterruptedMergeLosesAndDoublesNothing() throws Exception {
    List<String> parts = new ArrayList<>();
    for (int step = 1; step <= 3; step++) {
      MetricsLog log = new MetricsLog(run, step - 1);
      log.add(line(step));
      log.cut(step).run();
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
      new MetricsLog(run, 3);
      assertThat(steps()).as("%d bytes", length).containsExactlyElementsOf(upTo(3));
    }
    Files.writeString(merged, whole);
    for (String part : parts) {
      Files.deleteIfExists(metrics.resolve(part));
      new MetricsLog(run, 3);
      assertThat(pieces()).containsExactly("00000001-00000003.jsonl");
    }
    assertThat(steps()).containsExactlyElementsOf(upTo(3));
  }

  private static List<Long> upTo(long step) {
    return LongStream.rangeClosed(1, step).boxed().toList();
  }

  private List<Long> steps() throws Exception {
    return RunFiles.metrics(directory).stream().map(line -> line.get("step").asLong()).toList();
  }

  @Test
  void noLineNoFile() throws Exception {
    new MetricsLog(run, 0).cut(10).run();
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
