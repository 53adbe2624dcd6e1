package dev.larkspur.document;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * What reading documents came to.
 *
 * @param counts of the records
 * @param rejected the bad ones
 */
public record DocumentReport(DocumentCounts counts, List<RejectedRecord> rejected)
    implements Serializable {
  /** Nothing read. */
  public static final DocumentReport NONE = new DocumentReport(DocumentCounts.NONE, List.of());

  /** Orders the records. */
  public DocumentReport {
    rejected = rejected.stream().sorted(RejectedRecord.ORDER).toList();
  }

  /** Both together. */
  public DocumentReport plus(DocumentReport other) {
    return new DocumentReport(
        counts.plus(other.counts),
        Stream.concat(rejected.stream(), other.rejected.stream()).toList());
  }

  /**
   * Checks all tasks together.
   *
   * @throws DocumentException if more records are bad than the limits bear
   */
  public void check(RejectionLimits limits) {
    if (!rejected.isEmpty()) {
      limits.check(counts, rejected.get(0));
    }
  }
}
