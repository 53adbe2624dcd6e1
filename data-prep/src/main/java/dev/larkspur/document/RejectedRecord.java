package dev.larkspur.document;

import java.io.Serializable;
import java.util.Comparator;

/**
 * A record that gave no document because it is bad.
 *
 * @param file path of its file
 * @param position as {@link DocumentPlace#position}
 * @param reason what is wrong with it
 * @param excerpt its beginning, at most {@link #EXCERPT} characters, with what is not valid Unicode
 *     replaced; of damage: the failure
 */
public record RejectedRecord(String file, long position, SkipReason reason, String excerpt)
    implements Serializable {
  /** Longest excerpt, in characters. */
  public static final int EXCERPT = 1000;

  /** By file and position, the same for any cutting into tasks. */
  public static final Comparator<RejectedRecord> ORDER =
      Comparator.comparing(RejectedRecord::file)
          .thenComparingLong(RejectedRecord::position)
          .thenComparing(RejectedRecord::reason);
}
