package dev.larkspur.document;

import java.io.Serializable;

/**
 * How much bad input is borne before a job fails.
 *
 * @param records records that gave no document, 0 … {@link #MOST_RECORDS}; blank lines and WARC
 *     records of other media are no bad records
 * @param damages places where a compressed file, a Parquet row group or a WARC file cannot be read
 *     on, 0 or more. What follows the damage in it is lost
 */
public record RejectionLimits(int records, int damages) implements Serializable {
  /** Rejected records travel to the driver, each with a short excerpt. */
  public static final int MOST_RECORDS = 100_000;

  /** Some bad records, and no damage. */
  public static final RejectionLimits USUAL = new RejectionLimits(10_000, 0);

  /** Refuses values out of range. */
  public RejectionLimits {
    if (records < 0 || records > MOST_RECORDS || damages < 0) {
      throw new DocumentException(
          "The limits of "
              + records
              + " rejected records and "
              + damages
              + " damages are out of range: set 0 to "
              + MOST_RECORDS
              + " records and 0 or more damages.");
    }
  }

  /**
   * Checks the counts of some or all tasks.
   *
   * @param example one of the rejected records
   * @throws DocumentException if there are too many
   */
  public void check(DocumentCounts counts, RejectedRecord example) {
    long damaged = counts.skipped().getOrDefault(SkipReason.DAMAGED, 0L);
    long bad = counts.rejected() - damaged;
    if (bad > records || damaged > damages) {
      throw new DocumentException(
          "Too many bad records: "
              + counts.skipped()
              + ", where "
              + records
              + " rejected records and "
              + damages
              + " damages are allowed; one is at position "
              + example.position()
              + " of "
              + example.file()
              + ": mend or leave out the files, or raise the limit (data.rejected).");
    }
  }
}
