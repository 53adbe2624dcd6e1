package dev.larkspur.collective.socket;

import java.util.Arrays;

/** First byte of a request to the store. Keys and values follow as {@code DataOutput.writeUTF}. */
enum StoreRequest {
  /** A key and a value; answered with a byte. */
  SET(1),
  /** A key; answered with its value once it is set. */
  VALUE(2),
  /** A key; answered with a boolean. */
  HAS(3),
  /** A key and a long; answered with their sum. */
  ADD(4);

  final int code;

  StoreRequest(int code) {
    this.code = code;
  }

  /** The request with a code; null if there is none. */
  static StoreRequest of(int code) {
    return Arrays.stream(values()).filter(request -> request.code == code).findFirst().orElse(null);
  }
}
