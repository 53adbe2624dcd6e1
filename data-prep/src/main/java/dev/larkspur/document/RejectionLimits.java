package dev.larkspur.document;

import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.io.Serializable;

/**
 * Limits of bad input that a job tolerates, and the bound on the length of documents.
 *
 * @param records most broken records, at least 0. Blank lines, WARC records of other media, and
 *     records whose text is empty or null are not broken: they are counted without a limit
 * @param share most broken records as a fraction of all records, 0 … 1
 * @param damages most places where a compressed file, a Parquet row group or a WARC file cannot be
 *     read further, at least 0. What follows the damage in it is lost
 * @param documentBytes longest document, in bytes of UTF-8; {@link #AUTOMATIC} for a bound that
 *     fits the memory of the reading process
 */
public record RejectionLimits(long records, double share, int damages, long documentBytes)
    implements Serializable {
  /** Number of rejected records of a kind that are listed; the others are only counted. */
  public static final int MOST_LISTED = 100_000;

  /** No limit on the number of records. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** The largest bound on documents: their lines and texts must fit into arrays. */
  public static final long MOST_DOCUMENT_BYTES = 1L << 29;

  /** The bound on documents that {@link DocumentMemory} derives from the heap. */
  public static final long AUTOMATIC = 0;

  /** The defaults: some bad records, and no damage. */
  public static final RejectionLimits USUAL = new RejectionLimits(10_000, 0);

  /** Checks that values are in range. */
  public RejectionLimits {
    if (records < 0 || !(share >= 0 && share <= 1) || damages < 0 || documentBytes < 0) {
      throw new DocumentException(
          "The limits of "
              + records
              + " rejected records, a share of "
              + share
              + " of them, "
              + damages
              + " damages and "
              + documentBytes
              + " bytes of a document are out of range: set 0 or more, and a share of 0 to 1.");
    }
  }

  /** Limits of records and damage, with an automatic bound on documents. */
  public RejectionLimits(long records, int damages) {
    this(records, 1, damages, AUTOMATIC);
  }

  /** The same bound without limits: counts all bad input. */
  public RejectionLimits countingAll() {
    return new RejectionLimits(UNLIMITED, 1, Integer.MAX_VALUE, documentBytes);
  }

  /** Whether these counts exceed the limits. */
  public boolean exceeded(long read, long broken, long damaged) {
    return broken > records || broken > share * read || damaged > damages;
  }

  /** Checks the counts of all tasks together. @throws DocumentException if there are too many */
  void check(DocumentReport report) {
    check(report.counts(), report.broken(), report.example());
  }

  /**
   * Checks the counts so far against the absolute limits only: a share applies to all tasks
   * together.
   *
   * @throws DocumentException if there are too many
   */
  void checkSoFar(DocumentCounts counts, long broken, RejectedRecord example) {
    new RejectionLimits(records, 1, damages, documentBytes).check(counts, broken, example);
  }

  private void check(DocumentCounts counts, long broken, RejectedRecord example) {
    long damaged = counts.skipped().getOrDefault(SkipReason.DAMAGED, 0L);
    if (exceeded(counts.read(), broken, damaged)) {
      throw new DocumentException(
          "Too many bad records: "
              + counts.skipped()
              + " of "
              + counts.read()
              + ", where "
              + allowed()
              + " and "
              + damages
              + " damages are allowed; one is at position "
              + example.position()
              + " of "
              + example.file()
              + " ("
              + example.reason()
              + "): fix or exclude the files, or raise the limit (data.rejected).");
    }
  }

  private String allowed() {
    String most = records + " rejected records";
    String part = "a share of " + share + " rejected records";
    return records == UNLIMITED ? part : share == 1 ? most : most + ", " + part;
  }
}
