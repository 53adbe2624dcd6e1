package dev.larkspur.document;

/** Why a record gave no document. */
public enum SkipReason {
  /** A line without anything on it. */
  BLANK_LINE,
  /** A capture in a WARC file that is not text, such as an image. */
  NOT_TEXT,
  /** A line that is not one JSON object in valid UTF-8. */
  BROKEN_JSON,
  /** No {@code content}, or null. */
  NO_CONTENT,
  /** A {@code content} that is not a string. */
  CONTENT_NOT_TEXT,
  /** A {@code content} of no characters, or of nothing but white space. */
  EMPTY_CONTENT,
  /** A {@code content} that is not valid Unicode, such as a lone surrogate. */
  BROKEN_UNICODE,
  /** A record whose text, or what must be read to find it, is above the bound on documents. */
  TOO_LONG,
  /** A record of a WARC file whose header or body cannot be decoded. */
  BROKEN_RECORD,
  /** A file, or a row group of one, that cannot be read on from there. */
  DAMAGED;

  /** Whether such a record is bad, and not only no document by its nature. */
  public boolean rejects() {
    return this != BLANK_LINE && this != NOT_TEXT;
  }

  /** Whether such a record has no text, where nothing else need be wrong with it. */
  boolean isEmpty() {
    return this == EMPTY_CONTENT || this == NO_CONTENT;
  }
}
