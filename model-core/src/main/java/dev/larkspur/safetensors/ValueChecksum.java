package dev.larkspur.safetensors;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.zip.CRC32C;

/** A checksum of values one after another, however they come in pieces. */
final class ValueChecksum {
  private final CRC32C crc = new CRC32C();

  /** Adds the remaining values, and leaves the buffer as it is. */
  void add(FloatBuffer values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.remaining() * Float.BYTES);
    bytes.asFloatBuffer().put(values.duplicate());
    crc.update(bytes);
  }

  long value() {
    return crc.getValue();
  }
}
