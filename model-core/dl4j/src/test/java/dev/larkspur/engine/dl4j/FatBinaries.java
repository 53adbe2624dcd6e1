package dev.larkspur.engine.dl4j;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads which GPUs a library has code for out of its fat binaries, as {@code cuobjdump --list-elf
 * --list-ptx} would.
 *
 * <p>A fat binary begins with a header of 16 bytes: u32 magic, u16 version, u16 length of the
 * header, u64 bytes of the entries. An entry: u16 kind (1 PTX, 2 machine code), u16, u32 length of
 * its header, u64 bytes of its payload, and at byte 28 u32 architecture (70 for sm_70). All is
 * little-endian. Fat binaries lie in the section {@code .nv_fatbin}, aligned to 8 bytes.
 */
final class FatBinaries {
  static final int MAGIC = 0xBA55ED50;
  static final short VERSION = 1;
  static final short HEADER = 16;
  static final int SHORTEST_ENTRY_HEADER = 64;
  static final short PTX = 1;
  static final short MACHINE_CODE = 2;
  static final int ARCHITECTURE = 28;

  private static final int ALIGNMENT = 8;

  private FatBinaries() {}

  /** Names such as sm_70 (machine code) and compute_70 (PTX), in ascending order. */
  static Set<String> architectures(InputStream library) throws IOException {
    Set<String> found =
        new TreeSet<>(Comparator.comparingInt(String::length).thenComparing(name -> name));
    byte[] word = new byte[ALIGNMENT];
    while (library.readNBytes(word, 0, ALIGNMENT) == ALIGNMENT) {
      ByteBuffer header = buffer(word);
      // The magic occurs in constants of the host's code too.
      if (header.getInt(0) == MAGIC
          && header.getShort(4) == VERSION
          && header.getShort(6) == HEADER) {
        readEntries(library, read(library, Long.BYTES).getLong(0), found);
      }
    }
    return found;
  }

  private static void readEntries(InputStream library, long length, Set<String> found)
      throws IOException {
    long left = length;
    while (left >= SHORTEST_ENTRY_HEADER) {
      ByteBuffer entry = read(library, SHORTEST_ENTRY_HEADER);
      short kind = entry.getShort(0);
      long header = Integer.toUnsignedLong(entry.getInt(4));
      long payload = entry.getLong(8);
      if ((kind != PTX && kind != MACHINE_CODE)
          || header < SHORTEST_ENTRY_HEADER
          || payload < 0
          || header + payload > left) {
        throw new IOException(
            "an entry of kind %d, with a header of %d and a payload of %d bytes where %d are left"
                .formatted(kind, header, payload, left));
      }
      found.add((kind == PTX ? "compute_" : "sm_") + entry.getInt(ARCHITECTURE));
      library.skipNBytes(header - SHORTEST_ENTRY_HEADER + payload);
      left -= header + payload;
    }
    library.skipNBytes(left);
  }

  private static ByteBuffer read(InputStream library, int length) throws IOException {
    byte[] bytes = library.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the library ends within a fat binary");
    }
    return buffer(bytes);
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
