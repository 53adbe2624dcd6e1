package dev.larkspur.collective.socket;

/**
 * How much is on its way to a peer at once.
 *
 * @param chunk most values of a chunk
 * @param depth most messages that have been posted and are not yet complete
 */
record Window(int chunk, int depth) {
  /**
   * Of 2 to 8 workers on one host, larger ones were no faster: their buffers do not stay in a
   * processor's second cache.
   */
  private static final Window LARGEST = new Window(1 << 14, 3);

  /** Most values in the chunks of all peers together. */
  private static final int VALUES = 1 << 20;

  /** That of a group, the same on every rank. */
  static Window of(int worldSize) {
    return new Window(Math.min(LARGEST.chunk, VALUES / worldSize), LARGEST.depth);
  }

  /** Most bytes of a message's payload: a chunk of values, and one of sums. */
  int bytes() {
    return 2 * chunk * Float.BYTES;
  }
}
