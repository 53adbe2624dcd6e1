package dev.larkspur.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.store.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
