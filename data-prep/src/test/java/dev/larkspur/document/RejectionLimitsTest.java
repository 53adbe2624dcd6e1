package dev.larkspur.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.document.DocumentPartition.DocumentSlice;
import dev.larkspur.document.DocumentSource.DocumentFields;
import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

/** How many bad records are tolerated. */
class RejectionLimitsTest {
  private static DocumentReport report(long read, long broken, long empty) {
    return new DocumentReport(
        DocumentCounts.of(
            read, Map.of(SkipReason.BROKEN_JSON, broken, SkipReason.EMPTY_CONTENT, empty)),
        broken,
        List.of(
            new RejectedRecord("file:/a", 1, SkipReason.EMPTY_CONTENT, ""),
            new RejectedRecord("file:/a", 2, SkipReason.BROKEN_JSON, "[")));
  }

  @Test
  void aNumberHasNoCeiling() {
    RejectionLimits limits = new RejectionLimits(3_000_000_000L, 0);
    assertThatCode(() -> report(1L << 40, 3_000_000_000L, 1L << 39).check(limits))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> report(1L << 40, 3_000_000_001L, 0).check(limits))
        .isInstanceOf(DocumentException.class)
        .hasMessageContaining("3000000000 rejected records")
        .hasMessageContaining("position 2 of file:/a (BROKEN_JSON)");
  }

  @Test
  void aShareIsOfAllRecords() {
    RejectionLimits limits =
        new RejectionLimits(RejectionLimits.UNLIMITED, 0.01, 0, RejectionLimits.AUTOMATIC);
    assertThatCode(() -> report(100_000, 1000, 90_000).check(limits)).doesNotThrowAnyException();
    assertThatThrownBy(() -> report(100_000, 1001, 0).check(limits))
        .hasMessageContaining("a share of 0.01 rejected records");
    DocumentTally task = new DocumentTally(limits);
    task.enter(
        new DocumentSlice("file:/a", 0, 0, DocumentFormat.JSONL, DocumentFields.REFINED_WEB, 0, 9));
    // The task has read nothing else; another one may have.
    task.reject(0, SkipReason.BROKEN_JSON, "[");
    assertThat(task.broken()).isEqualTo(1);
    assertThatThrownBy(() -> new RejectionLimits(1, Double.NaN, 0, RejectionLimits.AUTOMATIC))
        .isInstanceOf(DocumentException.class);
  }

  @Test
  void theBoundOfDocumentsIsThatOfTheExecutors() {
    RejectionLimits limits = new RejectionLimits(7, 0.5, 3, RejectionLimits.AUTOMATIC);
    SparkConf conf = new SparkConf(false).setMaster("yarn").set("spark.executor.memory", "4g");
    assertThat(DocumentMemory.decided(limits, conf))
        .isEqualTo(new RejectionLimits(7, 0.5, 3, 128L << 20));
    conf.setMaster("k8s://https://127.0.0.1:6443").set("spark.executor.cores", "4");
    assertThat(DocumentMemory.decided(limits, conf).documentBytes()).isEqualTo(32L << 20);
    RejectionLimits set = new RejectionLimits(7, 0.5, 3, 1000);
    assertThat(DocumentMemory.decided(set, conf)).isEqualTo(set);
  }

  @Test
  void tasksAtOnceAreThoseOfTheMaster() {
    SparkConf conf = new SparkConf(false);
    for (String master : List.of("yarn", "k8s://https://127.0.0.1:6443", "local")) {
      assertThat(DocumentMemory.tasksAtOnce(conf.setMaster(master), 32)).isEqualTo(1);
    }
    for (String master : List.of("spark://127.0.0.1:7077", "local[*]", "local[*,3]")) {
      assertThat(DocumentMemory.tasksAtOnce(conf.setMaster(master), 32)).isEqualTo(32);
    }
    for (String master : List.of("local[4]", "local[4,2]", "local[ 4 , 2 ]")) {
      assertThat(DocumentMemory.tasksAtOnce(conf.setMaster(master), 32)).isEqualTo(4);
    }
    conf.set("spark.task.cpus", "2").set("spark.executor.cores", "6").setMaster("yarn");
    assertThat(DocumentMemory.tasksAtOnce(conf, 32)).isEqualTo(3);
  }

  @Test
  void theBoundOfDocumentsFollowsTheHeap() {
    assertThat(DocumentMemory.automatic(1L << 30)).isEqualTo(32L << 20);
    assertThat(DocumentMemory.automatic(1L << 20)).isEqualTo(1L << 20);
    assertThat(DocumentMemory.automatic(1L << 40)).isEqualTo(512L << 20);
  }
}
