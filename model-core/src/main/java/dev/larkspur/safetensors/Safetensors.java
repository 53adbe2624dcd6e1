package dev.larkspur.safetensors;

import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * Flat vectors as safetensors files: 8 bytes length of the header (little-endian), the header in
 * JSON, then the elements as little-endian 32-bit floats. Reading and writing are streamed.
 */
public final class Safetensors {
  /** A quarter of a MB, which stays in the cache for the second copy. */
  private static final int CHUNK = 1 << 16;

  private static final long LONGEST_HEADER = 100L << 20;

  private Safetensors() {}

  /** A source of elements. */
  @FunctionalInterface
  public interface Elements {
    /** Reads elements [offset, offset + into.remaining()). */
    void read(long offset, FloatBuffer into);
  }

  /** Writes a vector laid out by the table; does not close the stream. */
  public static void write(
      OutputStream out, ParameterTable table, FlatVector vector, Map<String, String> metadata)
      throws IOException {
    writeHeader(out, table, metadata);
    writeElements(out, vector::read, vector.length());
  }

  /** Writes everything before the elements. */
  public static void writeHeader(
      OutputStream out, ParameterTable table, Map<String, String> metadata) throws IOException {
    writeHeader(out, SafetensorsHeader.of(table, metadata));
  }

  static void writeHeader(OutputStream out, SafetensorsHeader header) throws IOException {
    byte[] bytes = header.toBytes();
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(bytes.length).array());
    out.write(bytes);
  }

  /** Writes elements [0, count). Consecutive ranges together form the data section of a file. */
  public static void writeElements(OutputStream out, Elements elements, long count)
      throws IOException {
    byte[] bytes = new byte[CHUNK * Float.BYTES];
    FloatBuffer floats = littleEndian(bytes);
    for (long done = 0; done < count; ) {
      int size = (int) Math.min(CHUNK, count - done);
      elements.read(done, floats.duplicate().limit(size));
      out.write(bytes, 0, size * Float.BYTES);
      done += size;
    }
  }

  /**
   * Reads a file written for the same table into a vector.
   *
   * @param file name for messages
   * @return the file's metadata
   * @throws SafetensorsException if it is damaged, truncated, or contains another model
   */
  public static Map<String, String> read(
      InputStream in, String file, ParameterTable table, FlatVector into) throws IOException {
    DataInputStream data = new DataInputStream(in);
    try {
      SafetensorsHeader header = readHeader(data, file);
      header.requireLayoutOf(table, file);
      readElements(data, into);
      requireEnd(data, file);
      return header.metadata();
    } catch (EOFException e) {
      throw new SafetensorsException(file + " is truncated: it was not written completely", e);
    }
  }

  /**
   * Reads as many elements as a vector has, from the current position.
   *
   * @throws EOFException if there are fewer
   */
  public static void readElements(InputStream in, FlatVector into) throws IOException {
    DataInputStream data = new DataInputStream(in);
    byte[] bytes = new byte[(int) Math.min(CHUNK, into.length()) * Float.BYTES];
    FloatBuffer floats = littleEndian(bytes);
    for (long done = 0; done < into.length(); ) {
      int size = (int) Math.min(CHUNK, into.length() - done);
      data.readFully(bytes, 0, size * Float.BYTES);
      into.write(done, floats.duplicate().limit(size));
      done += size;
    }
  }

  /**
   * Checks the length of what precedes the elements, before it is read into memory.
   *
   * @param length bytes of a file that are not elements of the table
   * @throws SafetensorsException if the length does not match the table
   */
  public static void requireHeaderLength(long length, String file) {
    if (length < Long.BYTES + 2 || length > Long.BYTES + LONGEST_HEADER) {
      throw new SafetensorsException(
          file + " has another number of elements than the model: it contains another model");
    }
  }

  /**
   * Checks that the header of a file is that of a table.
   *
   * @param bytes everything before the elements
   * @throws SafetensorsException if the header differs
   */
  public static void requireHeader(byte[] bytes, String file, ParameterTable table) {
    try {
      readHeader(new DataInputStream(new ByteArrayInputStream(bytes)), file)
          .requireLayoutOf(table, file);
    } catch (IOException e) {
      throw new SafetensorsException(file + " has another header than it announces", e);
    }
  }

  static SafetensorsHeader readHeader(DataInputStream data, String file) throws IOException {
    long length = Long.reverseBytes(data.readLong());
    if (length < 2 || length > LONGEST_HEADER) {
      throw new SafetensorsException(
          file + " is not a safetensors file: it announces a header of " + length + " bytes");
    }
    // In pieces, so that a short file that announces a long header needs no more memory than its
    // size.
    byte[] json = data.readNBytes((int) length);
    if (json.length < length) {
      throw new EOFException();
    }
    return HeaderParser.parse(json, file);
  }

  static void requireEnd(DataInputStream data, String file) throws IOException {
    if (data.read() != -1) {
      throw new SafetensorsException(file + " has bytes after its last tensor: it is damaged");
    }
  }

  private static FloatBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }
}
