package dev.larkspur.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A message in the encoding of protocol buffers, with the few types of fields that event files
 * have. Spark 3.5 and 4.1 bring versions of protobuf-java that exclude each other.
 */
final class Message {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Adds an integer or an enum. */
  Message integer(int field, long value) {
    tag(field, VARINT);
    varint(value);
    return this;
  }

  Message real64(int field, double value) {
    tag(field, FIXED64);
    out.writeBytes(little(Double.BYTES).putDouble(value).array());
    return this;
  }

  Message real32(int field, float value) {
    tag(field, FIXED32);
    out.writeBytes(little(Float.BYTES).putFloat(value).array());
    return this;
  }

  /** Adds a packed list of doubles. */
  Message reals64(int field, double[] values) {
    byte[] packed = new byte[values.length * Double.BYTES];
    ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(values);
    return bytes(field, packed);
  }

  Message text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Message message(int field, Message value) {
    return bytes(field, value.toBytes());
  }

  private Message bytes(int field, byte[] value) {
    tag(field, LENGTH_DELIMITED);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  private void tag(int field, int wireType) {
    varint((field << 3) | wireType);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The fields of a message that are no floating-point numbers.
   *
   * @param integers the last value of each field
   * @param all texts, messages and packed lists of each field, as views of their bytes
   */
  record Fields(Map<Integer, Long> integers, Map<Integer, List<ByteBuffer>> all) {

    /** An integer; 0 if it is not set. */
    long integer(int field) {
      return integers.getOrDefault(field, 0L);
    }

    List<ByteBuffer> bytes(int field) {
      return all.getOrDefault(field, List.of());
    }
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Fields fields(ByteBuffer message) {
    Fields fields = new Fields(new HashMap<>(), new HashMap<>());
    ByteBuffer rest = message.slice();
    while (rest.hasRemaining()) {
      int tag = (int) readVarint(rest);
      switch (tag & 7) {
        case VARINT -> fields.integers().put(tag >>> 3, readVarint(rest));
        case FIXED64 -> skip(rest, Double.BYTES);
        case FIXED32 -> skip(rest, Float.BYTES);
        case LENGTH_DELIMITED -> {
          int length = (int) readVarint(rest);
          int start = rest.position();
          skip(rest, length);
          fields
              .all()
              .computeIfAbsent(tag >>> 3, field -> new ArrayList<>())
              .add(rest.slice(start, length));
        }
        default -> throw new IllegalArgumentException("it has a field of an unknown type");
      }
    }
    return fields;
  }

  private static void skip(ByteBuffer rest, int bytes) {
    if (bytes < 0 || bytes > rest.remaining()) {
      throw new IllegalArgumentException("a field is longer than the message");
    }
    rest.position(rest.position() + bytes);
  }

  private static long readVarint(ByteBuffer rest) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE && rest.hasRemaining(); shift += 7) {
      byte next = rest.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has no end");
  }
}
