package dev.larkspur.collective.socket;

import dev.larkspur.tensor.FlatVector;
import java.nio.ByteBuffer;

/** How 32-bit values are written in messages, and added up. Used by one thread. */
interface ValueFormat {

  /** Bytes of so many values. */
  int bytes(int values);

  /** Appends values [offset, offset + count) of a vector. */
  void encode(FlatVector vector, long offset, int count, ByteBuffer message);

  /** Takes the next {@code count} values of a message into a vector, from {@code offset} on. */
  void decode(ByteBuffer message, FlatVector vector, long offset, int count);

  /** Takes the next values of a message as the beginning of a sum, [count]. */
  void begin(ByteBuffer message, float[] sum, int count);

  /** Adds the next values of a message to a sum, [count]. */
  void add(ByteBuffer message, float[] sum, int count);

  /** Appends a sum, [count]. */
  void encode(float[] sum, int count, ByteBuffer message);
}
