package dev.larkspur.document;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many records were read and how many of them were left out.
 *
 * @param read records read, those left out included
 * @param skipped records left out, by reason; reasons that did not occur are absent
 */
public record DocumentCounts(long read, Map<SkipReason, Long> skipped) implements Serializable {
  /** Nothing read. */
  public static final DocumentCounts NONE = new DocumentCounts(0, Map.of());

  /** Copies the map. */
  public DocumentCounts {
    EnumMap<SkipReason, Long> copy = new EnumMap<>(SkipReason.class);
    copy.putAll(skipped);
    skipped = copy;
  }

  /** Documents that were not left out. */
  public long kept() {
    return read - skipped.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The sum of both. */
  public DocumentCounts plus(DocumentCounts other) {
    EnumMap<SkipReason, Long> sum = new EnumMap<>(SkipReason.class);
    sum.putAll(skipped);
    other.skipped.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
    return new DocumentCounts(read + other.read, sum);
  }
}
