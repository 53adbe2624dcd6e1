package dev.larkspur.collective.socket;

import java.nio.ByteBuffer;

/**
 * The first bytes on a connection between two workers, in both directions.
 *
 * @param token of the group
 * @param rank of the worker that sends it
 */
record Greeting(GroupToken token, int rank) {
  static final int BYTES = GroupToken.BYTES + Integer.BYTES;

  ByteBuffer encoded() {
    return ByteBuffer.allocate(BYTES).put(token.bytes()).putInt(rank).flip();
  }

  /** The sender's rank, or -1 if the sender does not know the token. */
  static int rank(GroupToken token, ByteBuffer received) {
    return token.isNextIn(received) ? received.getInt() : -1;
  }
}
