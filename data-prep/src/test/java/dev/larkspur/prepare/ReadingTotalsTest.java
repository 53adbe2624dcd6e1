package dev.larkspur.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.corpus.CorpusPart.TextCounts;
import dev.larkspur.document.DocumentCounts;
import dev.larkspur.document.DocumentException;
import dev.larkspur.document.DocumentReport;
import dev.larkspur.document.DocumentTally.RejectedRecord;
import dev.larkspur.document.RejectionLimits;
import dev.larkspur.document.SkipReason;
import dev.larkspur.prepare.ReadingTotals.DrawTotals;
import dev.larkspur.prepare.ReadingTotals.SplitTokens;
import dev.larkspur.prepare.ReadingTotals.StatisticsRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

/** Totals of all tasks, in whatever order the tasks come. */
class ReadingTotalsTest {
  private static final ReadingTotals BAD =
      task(
          new DocumentReport(
              DocumentCounts.of(10, Map.of(SkipReason.BROKEN_JSON, 5L)),
              List.of(new RejectedRecord("file:/a", 1, SkipReason.BROKEN_JSON, "["))));
  private static final ReadingTotals GOOD =
      task(new DocumentReport(DocumentCounts.of(990, Map.of()), List.of()));

  private static ReadingTotals task(DocumentReport report) {
    return new ReadingTotals(report, TextCounts.NONE, SplitTokens.NONE, new DrawTotals(0));
  }

  private static ReadingTotals sum(RejectionLimits limits, ReadingTotals... tasks) {
    return ReadingTotals.sum(
        List.of(tasks).stream()
            .map(task -> new Tuple2<>(new byte[0], StatisticsRecord.toBytes(task)))
            .iterator(),
        0,
        limits);
  }

  @Test
  void aShareIsOfAllTasks() {
    RejectionLimits tolerated = new RejectionLimits(RejectionLimits.UNLIMITED, 0.005, 0, 0);
    RejectionLimits less = new RejectionLimits(RejectionLimits.UNLIMITED, 0.0049, 0, 0);
    for (ReadingTotals[] order : List.of(tasks(BAD, GOOD), tasks(GOOD, BAD))) {
      assertThat(sum(tolerated, order).report().counts().read()).isEqualTo(1000);
      assertThatThrownBy(() -> sum(less, order))
          .isInstanceOf(DocumentException.class)
          .hasMessageContaining("of 1000");
    }
  }

  private static ReadingTotals[] tasks(ReadingTotals... tasks) {
    return tasks;
  }
}
