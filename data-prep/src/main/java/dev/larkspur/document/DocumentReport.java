package dev.larkspur.document;

import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * The outcome of reading documents.
 *
 * @param counts of the records
 * @param broken records that count against the limit: not damage, nor an empty or null text
 * @param rejected bad records, of each kind the first {@link RejectionLimits#MOST_LISTED}
 */
public record DocumentReport(DocumentCounts counts, long broken, List<RejectedRecord> rejected)
    implements Serializable {
  /** Nothing read. */
  public static final DocumentReport NONE = new DocumentReport(DocumentCounts.NONE, 0, List.of());

  /** Orders the records. */
  public DocumentReport {
    rejected = listed(rejected);
  }

  /** A report in which every rejected record but damage counts as broken. */
  public DocumentReport(DocumentCounts counts, List<RejectedRecord> rejected) {
    this(
        counts,
        counts.rejected() - counts.skipped().getOrDefault(SkipReason.DAMAGED, 0L),
        rejected);
  }

  private static List<RejectedRecord> listed(List<RejectedRecord> rejected) {
    List<RejectedRecord> sorted = rejected.stream().sorted(RejectedRecord.ORDER).toList();
    if (sorted.size() <= RejectionLimits.MOST_LISTED) {
      return sorted;
    }
    return Stream.concat(first(sorted, true), first(sorted, false))
        .sorted(RejectedRecord.ORDER)
        .toList();
  }

  private static Stream<RejectedRecord> first(List<RejectedRecord> sorted, boolean empty) {
    return sorted.stream()
        .filter(record -> record.reason().isEmpty() == empty)
        .limit(RejectionLimits.MOST_LISTED);
  }

  /** The sum of both. */
  public DocumentReport plus(DocumentReport other) {
    return new DocumentReport(
        counts.plus(other.counts),
        broken + other.broken,
        Stream.concat(rejected.stream(), other.rejected.stream()).toList());
  }

  /** An example of a rejected record; exists if any is rejected. */
  RejectedRecord example() {
    return rejected.stream()
        .filter(record -> !record.reason().isEmpty())
        .findFirst()
        .orElseGet(() -> rejected.get(0));
  }

  /**
   * Checks the limits over all tasks.
   *
   * @throws DocumentException if more records are bad than the limits allow
   */
  public void check(RejectionLimits limits) {
    if (!rejected.isEmpty()) {
      limits.check(this);
    }
  }

  /**
   * Checks only the absolute limits, for some of the tasks: a share applies to all tasks together.
   *
   * @throws DocumentException if more records are bad than the limits allow
   */
  public void checkSoFar(RejectionLimits limits) {
    if (!rejected.isEmpty()) {
      limits.checkSoFar(counts, broken, example());
    }
  }
}
