package dev.larkspur.collective.socket;

/** First byte of a request to the store. Keys and values follow as {@code DataOutput.writeUTF}. */
enum StoreRequest {
  /** A key and a value; answered with a byte. */
  SET,
  /** A key; answered with its value once it has one. */
  VALUE,
  /** A key; answered with a boolean. */
  HAS,
  /** A key and a long; answered with their sum. */
  ADD;

  private static final StoreRequest[] ALL = values();

  /** The request of a byte; null if there is none. */
  static StoreRequest of(int code) {
    return code >= 0 && code < ALL.length ? ALL[code] : null;
  }

  byte code() {
    return (byte) ordinal();
  }
}
