package dev.larkspur.collective.socket;

import java.util.Arrays;

/**
 * The operation that all members must run at the same time.
 *
 * @param kind of collective
 * @param length of its vector or array
 */
record Operation(Kind kind, long length) {

  /** The collectives, and the steps that some of them consist of. */
  enum Kind {
    SUM_IN_FP32(1),
    SUM_IN_BF16(2),
    SUM_OF_NUMBERS(3),
    BROADCAST(4),
    GATHER_OF_SHARDS(5),
    GATHER_OF_LENGTHS(6),
    GATHER_OF_INTEGERS(7);

    /** Identifies the kind in message headers. */
    final int code;

    Kind(int code) {
      this.code = code;
    }

    private static String name(int code) {
      return Arrays.stream(values())
          .filter(kind -> kind.code == code)
          .map(Kind::name)
          .findFirst()
          .orElse("unknown " + code);
    }
  }

  @Override
  public String toString() {
    return describe(kind.code, length);
  }

  static String describe(int code, long length) {
    return "%s of length %d".formatted(Kind.name(code), length);
  }
}
