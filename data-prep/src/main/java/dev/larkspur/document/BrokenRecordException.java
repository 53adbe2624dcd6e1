package dev.larkspur.document;

/** A record cannot be read, but reading can continue after it. The message gives the reason. */
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
