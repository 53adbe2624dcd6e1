package dev.larkspur.collective.socket;

import dev.larkspur.tensor.FlatVector;
import java.nio.ByteBuffer;

/** Writes 32-bit values to messages, and sums them. Used by one thread. */
interface ValueFormat {

  /** Bytes that a number of values takes in a message. */
  int bytes(int values);

  /** Appends values [offset, offset + count) of a vector. */
  void encode(FlatVector vector, long offset, int count, ByteBuffer message);

  /** Copies the next {@code count} values of a message to a vector, starting at {@code offset}. */
  void decode(ByteBuffer message, FlatVector vector, long offset, int count);

  /** Starts a sum, [count], with the next values of a message. */
  void begin(ByteBuffer message, float[] sum, int count);

  /** Adds the next values of a message to a sum, [count]. */
  void add(ByteBuffer message, float[] sum, int count);

  /** Appends a sum, [count]. */
  void encode(float[] sum, int count, ByteBuffer message);
}
