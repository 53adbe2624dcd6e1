package dev.larkspur.document;

/** One record cannot be read; what follows it can. The message says why. */
final class BrokenRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  private final SkipReason reason;

  BrokenRecordException(String message) {
    this(SkipReason.BROKEN_RECORD, message);
  }

  BrokenRecordException(SkipReason reason, String message) {
    super(message);
    this.reason = reason;
  }

  SkipReason reason() {
    return reason;
  }
}
