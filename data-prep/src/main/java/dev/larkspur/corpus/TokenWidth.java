package dev.larkspur.corpus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The width of a token id, little-endian: two bytes if the vocabulary allows, else four. */
public enum TokenWidth {
  /** Unsigned 16 bits: vocabularies of up to 65,536 ids. */
  TWO(2) {
    @Override
    void put(byte[] bytes, int at, int id) {
      SHORT.set(bytes, at, (short) id);
    }

    @Override
    public void decode(byte[] from, int fromByte, int[] into, int offset, int tokens) {
      for (int i = 0; i < tokens; i++) {
        into[offset + i] = (short) SHORT.get(from, fromByte + 2 * i) & 0xffff;
      }
    }

    @Override
    public int largest(byte[] from, int tokens) {
      int largest = 0;
      for (int i = 0; i < tokens; i++) {
        largest = Math.max(largest, (short) SHORT.get(from, 2 * i) & 0xffff);
      }
      return largest;
    }
  },
  /** Signed 32 bits. */
  FOUR(4) {
    @Override
    void put(byte[] bytes, int at, int id) {
      INT.set(bytes, at, id);
    }

    @Override
    public void decode(byte[] from, int fromByte, int[] into, int offset, int tokens) {
      for (int i = 0; i < tokens; i++) {
        into[offset + i] = (int) INT.get(from, fromByte + 4 * i);
      }
    }

    @Override
    public int largest(byte[] from, int tokens) {
      int largest = 0;
      for (int i = 0; i < tokens; i++) {
        // Unsigned, so that a negative number, which only damage produces, counts as too large.
        int id = (int) INT.get(from, 4 * i);
        largest = Integer.compareUnsigned(id, largest) > 0 ? id : largest;
      }
      return largest;
    }
  };

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final int bytes;

  TokenWidth(int bytes) {
    this.bytes = bytes;
  }

  /** The width for ids below {@code vocabulary}. */
  public static TokenWidth of(int vocabulary) {
    return vocabulary <= 1 << 16 ? TWO : FOUR;
  }

  /** Bytes per token. */
  public int bytes() {
    return bytes;
  }

  abstract void put(byte[] bytes, int at, int id);

  /** Ids as bytes. */
  public byte[] encode(int[] ids) {
    byte[] encoded = new byte[ids.length * bytes];
    for (int i = 0; i < ids.length; i++) {
      put(encoded, i * bytes, ids[i]);
    }
    return encoded;
  }

  /** One document as bytes: its ids, then {@code endOfText}. Length (ids + 1) x bytes. */
  public byte[] encode(int[] ids, int endOfText) {
    byte[] encoded = new byte[(ids.length + 1) * bytes];
    for (int i = 0; i < ids.length; i++) {
      put(encoded, i * bytes, ids[i]);
    }
    put(encoded, ids.length * bytes, endOfText);
    return encoded;
  }

  /** Reads {@code tokens} ids that start at byte {@code fromByte} into {@code into[offset…]}. */
  public abstract void decode(byte[] from, int fromByte, int[] into, int offset, int tokens);

  /** The largest (unsigned) of the first {@code tokens} ids; 0 if there are none. */
  public abstract int largest(byte[] from, int tokens);
}
