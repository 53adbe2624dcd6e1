package dev.larkspur.document;

/** Why a record was skipped. */
public enum SkipReason {
  /** A blank line. */
  BLANK_LINE,
  /** A capture in a WARC file that is not text, such as an image. */
  NOT_TEXT,
  /** A line that is not one JSON object in valid UTF-8. */
  BROKEN_JSON,
  /** No {@code content}, or null. */
  NO_CONTENT,
  /** A {@code content} that is not a string. */
  CONTENT_NOT_TEXT,
  /** A {@code content} that is empty or only white space. */
  EMPTY_CONTENT,
  /** A {@code content} that is not valid Unicode, such as a lone surrogate. */
  BROKEN_UNICODE,
  /** A record whose text, or what must be read to find it, is above the bound on documents. */
  TOO_LONG,
  /** A record of a WARC file whose header or body cannot be decoded. */
  BROKEN_RECORD,
  /** A file or row group that cannot be read further. */
  DAMAGED;

  /** Whether such a record is bad, rather than not a document. */
  public boolean rejects() {
    return this != BLANK_LINE && this != NOT_TEXT;
  }

  /** Whether such a record only lacks a text. */
  boolean isEmpty() {
    return this == EMPTY_CONTENT || this == NO_CONTENT;
  }
}
