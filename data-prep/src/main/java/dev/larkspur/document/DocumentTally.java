package dev.larkspur.document;

import java.util.EnumMap;

/** Counts records while they are read. */
final class DocumentTally {
  private final EnumMap<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
  private long read;

  void skip(SkipReason reason) {
    read++;
    skipped.merge(reason, 1L, Long::sum);
  }

  /** Counts a record with a text; false if the text cannot be a document. */
  boolean accept(String content) {
    if (content.isBlank()) {
      skip(SkipReason.EMPTY_CONTENT);
      return false;
    }
    if (hasLoneSurrogate(content)) {
      skip(SkipReason.BROKEN_UNICODE);
      return false;
    }
    read++;
    return true;
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

  DocumentCounts counts() {
    return new DocumentCounts(read, skipped);
  }
}
