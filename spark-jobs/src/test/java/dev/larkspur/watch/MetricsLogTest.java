package dev.larkspur.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
  @TempDir private Path directory;

  private RunFixture run;
  private MetricsLog log;

  @BeforeEach
  void create() {
    run = new RunFixture(directory);
    log = new MetricsLog(run.directory());
  }

  private Track training() {
    log.refresh();
    return log.track(Track.TRAINING);
  }

  @Test
  void readsLinesByKindAndNestedNumbers() {
    run.metrics(1, 3, step -> 4 - step).validation(3, 2.5);
    assertThat(training().size()).isEqualTo(3);
    assertThat(training().value("loss", 1)).isEqualTo(2.0);
    assertThat(training().value("seconds.compute", 2)).isEqualTo(1.5);
    assertThat(training().sum("seconds.data")).isEqualTo(1.5);
    Track validation = log.track(Track.VALIDATION);
    assertThat(validation.step(0)).isEqualTo(3);
    assertThat(validation.value("validationLoss", 0)).isEqualTo(2.5);
    assertThat(validation.names()).doesNotContain("loss");
  }

  @Test
  void linesThatAreAddedAreNoOtherGeneration() {
    run.metrics(1, 3, step -> step);
    assertThat(training().size()).isEqualTo(3);
    run.metrics(4, 6, step -> step).validation(6, 1);
    assertThat(training().lastStep()).isEqualTo(6);
    assertThat(log.generation()).isZero();
  }

  @Test
  void filesThatWereMergedHaveEachStepOnce() {
    run.metrics(1, 2, step -> step).metrics(3, 4, step -> step);
    assertThat(training().size()).isEqualTo(4);
    run.metrics(1, 4, step -> step);
    assertThat(training().size()).isEqualTo(4);
    run.directory().delete("metrics/00000001-00000002.jsonl");
    run.directory().delete("metrics/00000003-00000004.jsonl");
    run.metrics(5, 5, step -> step);
    assertThat(training().lastStep()).isEqualTo(5);
    assertThat(training().size()).isEqualTo(5);
    assertThat(log.generation()).isZero();
  }

  @Test
  void stepsThatAResumeRepeatsAreAnotherGeneration() {
    run.metrics(1, 2, step -> step).metrics(3, 6, step -> step);
    assertThat(training().lastStep()).isEqualTo(6);
    run.directory().delete("metrics/00000003-00000006.jsonl");
    run.metrics(3, 3, step -> 7);
    assertThat(training().lastStep()).isEqualTo(3);
    assertThat(training().value("loss", 2)).isEqualTo(7);
    assertThat(log.generation()).isEqualTo(1);
  }

  @Test
  void aLineThatIsBeingWrittenWaits() {
    String whole = RunFixture.line(1, 3) + RunFixture.line(2, 2);
    run.file("00000001-00000002.jsonl", whole.substring(0, whole.length() - 20));
    assertThat(training().size()).isEqualTo(1);
    run.file("00000001-00000002.jsonl", whole);
    assertThat(training().size()).isEqualTo(2);
  }

  @Test
  void damagedLinesAndOtherFilesAreSkipped() {
    run.file("00000001-00000003.jsonl", RunFixture.line(1, 3) + "{\"step\":\n[]\n{}\n")
        .file("notes.txt", "nothing")
        .metrics(4, 4, step -> Double.NaN);
    assertThat(training().size()).isEqualTo(2);
    assertThat(training().value("loss", 1)).isNaN();
  }

  @Test
  void otherLinesAreNamedByTheirFirstNumber() {
    run.file(
        "00000001-00000001.jsonl", "{\"step\":1,\"replicaDistance\":0.5,\"parameterChange\":2}\n");
    log.refresh();
    assertThat(log.track("replicaDistance").value("parameterChange", 0)).isEqualTo(2);
  }
}
