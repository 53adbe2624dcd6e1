package dev.larkspur.document;

import dev.larkspur.document.Document.DocumentPlace;
import dev.larkspur.document.DocumentPartition.DocumentSlice;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;

/** Counts records while they are read, and keeps the first bad ones. */
public final class DocumentTally {
  private final EnumMap<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
  private final List<RejectedRecord> rejected = new ArrayList<>();
  private final RejectionLimits limits;
  private DocumentSlice slice;
  private long read;
  private long broken;
  private int emptyListed;

  DocumentTally(RejectionLimits limits) {
    this.limits = limits;
  }

  /** Sets the slice of the records that follow. */
  void enter(DocumentSlice entered) {
    slice = entered;
  }

  /** Counts a record that is not a document. */
  void skip(SkipReason reason) {
    read++;
    skipped.merge(reason, 1L, Long::sum);
  }

  /** Counts and keeps a bad record; throws if there are more than the limits allow. */
  void reject(long position, SkipReason reason, String record) {
    skip(reason);
    broken += reason == SkipReason.DAMAGED ? 0 : 1;
    RejectedRecord example = new RejectedRecord(slice.file(), position, reason, excerpt(record));
    if (rejected.size() - emptyListed < RejectionLimits.MOST_LISTED) {
      rejected.add(example);
    }
    limits.checkSoFar(counts(), broken, example);
  }

  /** Counts a record whose text is empty or null; their number is not limited. */
  void rejectEmpty(long position, SkipReason reason, String record) {
    skip(reason);
    if (emptyListed < RejectionLimits.MOST_LISTED) {
      emptyListed++;
      rejected.add(new RejectedRecord(slice.file(), position, reason, excerpt(record)));
    }
  }

  private static String excerpt(String record) {
    int end = Math.min(record.length(), RejectedRecord.EXCERPT);
    StringBuilder excerpt = new StringBuilder(end);
    record
        .substring(0, end)
        .codePoints()
        .map(point -> point >= 0xD800 && point <= 0xDFFF ? 0xFFFD : point)
        .forEach(excerpt::appendCodePoint);
    return excerpt.toString();
  }

  /** Counts a record with a text; returns null if the text is not a valid document. */
  Document accept(long position, String url, String content) {
    if (content.isBlank()) {
      rejectEmpty(position, SkipReason.EMPTY_CONTENT, url);
      return null;
    }
    if (hasLoneSurrogate(content)) {
      reject(position, SkipReason.BROKEN_UNICODE, content);
      return null;
    }
    read++;
    return new Document(
        new DocumentPlace(slice.fileIndex(), position), slice.source(), url, content);
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  /** Records that count against the limit. */
  long broken() {
    return broken;
  }

  DocumentCounts counts() {
    return DocumentCounts.of(read, skipped);
  }

  List<RejectedRecord> rejected() {
    return List.copyOf(rejected);
  }

  /**
   * A bad record.
   *
   * @param file path of its file
   * @param position as {@link DocumentPlace#position}
   * @param reason what is wrong with it
   * @param excerpt its beginning, at most {@link #EXCERPT} characters, with invalid Unicode
   *     replaced; for damage: the failure
   */
  public record RejectedRecord(String file, long position, SkipReason reason, String excerpt)
      implements Serializable {
    /** Longest excerpt, in characters. */
    public static final int EXCERPT = 1000;

    /** By file and position, independent of the partitioning into tasks. */
    public static final Comparator<RejectedRecord> ORDER =
        Comparator.comparing(RejectedRecord::file)
            .thenComparingLong(RejectedRecord::position)
            .thenComparing(RejectedRecord::reason);
  }
}
