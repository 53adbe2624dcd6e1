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

  /** Records that are reported from now on are of this slice. */
  void enter(DocumentSlice entered) {
    slice = entered;
  }

  /** Counts a record that is no document by its nature. */
  void skip(SkipReason reason) {
    read++;
    skipped.merge(reason, 1L, Long::sum);
  }

  /** Counts and keeps a bad record; fails the task if there are more than the limits allow. */
  void reject(long position, SkipReason reason, String record) {
    skip(reason);
    broken += reason == SkipReason.DAMAGED ? 0 : 1;
    RejectedRecord example = new RejectedRecord(slice.file(), position, reason, excerpt(record));
    if (rejected.size() - emptyListed < RejectionLimits.MOST_LISTED) {
      rejected.add(example);
    }
    limits.checkSoFar(counts(), broken, example);
  }

  /** Counts a record whose text is there and empty, or null: there may be any number of them. */
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

  /** Counts a record with a text; null if the text cannot be a document. */
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
   * A record that gave no document because it is bad.
   *
   * @param file path of its file
   * @param position as {@link DocumentPlace#position}
   * @param reason what is wrong with it
   * @param excerpt its beginning, at most {@link #EXCERPT} characters, with what is not valid
   *     Unicode replaced; of damage: the failure
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
}
