package dev.larkspur.collective.socket;

/**
 * What all members must be doing at the same time.
 *
 * @param kind of collective
 * @param length of its vector or array
 */
record Operation(Kind kind, long length) {

  /** The collectives, and the steps of which some consist. */
  enum Kind {
    SUM_IN_FP32,
    SUM_IN_BF16,
    SUM_OF_NUMBERS,
    BROADCAST,
    GATHER_OF_SHARDS,
    GATHER_OF_LENGTHS,
    GATHER_OF_INTEGERS;

    private static final Kind[] ALL = values();

    static String name(int ordinal) {
      return ordinal >= 0 && ordinal < ALL.length ? ALL[ordinal].name() : "unknown " + ordinal;
    }
  }

  @Override
  public String toString() {
    return describe(kind.ordinal(), length);
  }

  static String describe(int kind, long length) {
    return "%s of length %d".formatted(Kind.name(kind), length);
  }
}
