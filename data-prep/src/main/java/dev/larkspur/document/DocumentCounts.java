package dev.larkspur.document;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Numbers of records read, skipped and dropped.
 *
 * @param read records read, skipped ones included
 * @param skipped records skipped, by reason; reasons that did not occur are absent
 * @param dropped documents that curation dropped, by reason; reasons that did not occur are absent
 */
public record DocumentCounts(long read, Map<SkipReason, Long> skipped, Map<String, Long> dropped)
    implements Serializable {
  /** Nothing read. */
  public static final DocumentCounts NONE = new DocumentCounts(0, Map.of(), Map.of());

  /** Copies the maps. */
  public DocumentCounts {
    EnumMap<SkipReason, Long> copy = new EnumMap<>(SkipReason.class);
    copy.putAll(skipped);
    skipped = copy;
    dropped = new TreeMap<>(dropped);
  }

  /** Counts without curation. */
  public static DocumentCounts of(long read, Map<SkipReason, Long> skipped) {
    return new DocumentCounts(read, skipped, Map.of());
  }

  /** Documents that were neither skipped nor dropped. */
  public long kept() {
    return read - sum(skipped) - sum(dropped);
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Records skipped because they are bad. */
  public long rejected() {
    return skipped.entrySet().stream()
        .filter(entry -> entry.getKey().rejects())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** All counts times a factor, rounded, to extrapolate from a sample. */
  public DocumentCounts times(double factor) {
    EnumMap<SkipReason, Long> allSkipped = new EnumMap<>(SkipReason.class);
    skipped.forEach((reason, count) -> allSkipped.put(reason, Math.round(count * factor)));
    Map<String, Long> allDropped = new TreeMap<>();
    dropped.forEach((reason, count) -> allDropped.put(reason, Math.round(count * factor)));
    return new DocumentCounts(Math.round(read * factor), allSkipped, allDropped);
  }

  /** The sum of both. */
  public DocumentCounts plus(DocumentCounts other) {
    EnumMap<SkipReason, Long> sum = new EnumMap<>(SkipReason.class);
    sum.putAll(skipped);
    other.skipped.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
    Map<String, Long> allDropped = new TreeMap<>(dropped);
    other.dropped.forEach((reason, count) -> allDropped.merge(reason, count, Long::sum));
    return new DocumentCounts(read + other.read, sum, allDropped);
  }
}
