package dev.larkspur.collective.socket;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Random bytes that only the members of one group know, so that a stray connection is not mistaken
 * for a peer.
 */
final class GroupToken {
  /** Number of bytes. */
  static final int BYTES = 16;

  private final byte[] bytes;

  private GroupToken(byte[] bytes) {
    this.bytes = bytes;
  }

  static GroupToken random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new GroupToken(bytes);
  }

  /**
   * Parses the result of {@link #toString}.
   *
   * @throws IllegalArgumentException if {@code digits} is not such a result
   */
  static GroupToken parse(String digits) {
    byte[] bytes = HexFormat.of().parseHex(digits);
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a token of " + bytes.length + " bytes");
    }
    return new GroupToken(bytes);
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** Whether the next bytes are this token; moves the position past them. */
  boolean isNextIn(ByteBuffer buffer) {
    byte[] received = new byte[BYTES];
    buffer.get(received);
    return matches(received);
  }

  boolean matches(byte[] received) {
    return MessageDigest.isEqual(bytes, received);
  }

  /** Hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
