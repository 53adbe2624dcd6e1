package dev.larkspur.document;

/** Why a record gave no document. */
public enum SkipReason {
  /** A line without anything on it. */
  BLANK_LINE,
  /** A line that is not one JSON object in valid UTF-8. */
  BROKEN_JSON,
  /** No {@code content}, or null. */
  NO_CONTENT,
  /** A {@code content} that is not a string. */
  CONTENT_NOT_TEXT,
  /** A {@code content} of no characters, or of nothing but white space. */
  EMPTY_CONTENT,
  /** A {@code content} that is not valid Unicode, such as a lone surrogate. */
  BROKEN_UNICODE
}
