package dev.larkspur.collective.socket;

/**
 * Limits on the data in flight to a peer.
 *
 * @param chunk maximum number of values in a chunk
 * @param depth maximum number of messages that are posted and not yet complete
 */
record Window(int chunk, int depth) {
  /**
   * With 2 to 8 workers on one host, larger windows were not faster: their buffers exceed the
   * level-2 cache.
   */
  private static final Window LARGEST = new Window(1 << 14, 3);

  /** Maximum number of values in the chunks of all peers together. */
  private static final int VALUES = 1 << 20;

  /** The window for a world size, the same on every rank. */
  static Window of(int worldSize) {
    return new Window(Math.min(LARGEST.chunk, VALUES / worldSize), LARGEST.depth);
  }

  /** Maximum bytes of a message's payload: a chunk of values, and one of sums. */
  int bytes() {
    return 2 * chunk * Float.BYTES;
  }
}
