package dev.larkspur.document;

import dev.larkspur.document.DocumentTally.RejectedRecord;
import java.io.Serializable;

/**
 * How much bad input is tolerated before a job fails, and from what length on a document is bad.
 *
 * @param records broken records, 0 or more. Blank lines, WARC records of other media, and records
 *     whose text is empty or null are not broken: they are counted without a limit
 * @param share broken records as a share of all records, 0 … 1
 * @param damages places where a compressed file, a Parquet row group or a WARC file cannot be read
 *     on, 0 or more. What follows the damage in it is lost
 * @param documentBytes longest document, in bytes of UTF-8; {@link #AUTOMATIC} for what fits the
 *     memory of the process that reads
 */
public record RejectionLimits(long records, double share, int damages, long documentBytes)
    implements Serializable {
  /** Rejected records of a kind that are listed; the others are counted. */
  public static final int MOST_LISTED = 100_000;

  /** No limit on the number of records. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** The longest document that a bound may allow: its line and its text must fit into arrays. */
  public static final long MOST_DOCUMENT_BYTES = 1L << 29;

  /** The bound on documents that {@link DocumentMemory} derives from the heap. */
  public static final long AUTOMATIC = 0;

  /** Some bad records, and no damage. */
  public static final RejectionLimits USUAL = new RejectionLimits(10_000, 0);

  /** Refuses values out of range. */
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

  /** A number of records and damages, of documents that fit the memory. */
  public RejectionLimits(long records, int damages) {
    this(records, 1, damages, AUTOMATIC);
  }

  /** Counts whatever comes, and refuses nothing. */
  public RejectionLimits countingAll() {
    return new RejectionLimits(UNLIMITED, 1, Integer.MAX_VALUE, documentBytes);
  }

  /** Whether no more of these records and damages are allowed. */
  public boolean exceeded(long read, long broken, long damaged) {
    return broken > records || broken > share * read || damaged > damages;
  }

  /**
   * Checks the counts of all tasks.
   *
   * @throws DocumentException if there are too many
   */
  void check(DocumentReport report) {
    check(report.counts(), report.broken(), report.example());
  }

  /**
   * Checks what has been read so far: a share is one of all tasks together.
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
              + "): fix or leave out the files, or raise the limit (data.rejected).");
    }
  }

  private String allowed() {
    String most = records + " rejected records";
    String part = "a share of " + share + " rejected records";
    return records == UNLIMITED ? part : share == 1 ? most : most + ", " + part;
  }
}
