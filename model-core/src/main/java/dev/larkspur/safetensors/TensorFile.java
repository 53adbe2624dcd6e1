package dev.larkspur.safetensors;

import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.FileTensor.Range;
import dev.larkspur.tensor.FlatVector;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * Safetensors files with other names and layouts than the flat vector. Reading and writing stream.
 */
public final class TensorFile {
  private static final int CHUNK = 1 << 20;

  private TensorFile() {}

  /**
   * Writes the tensors in their order; does not close the stream.
   *
   * @param type of the elements; values are rounded to it
   * @param parameters the flat vector
   */
  public static void write(
      OutputStream out,
      List<FileTensor> tensors,
      DataType type,
      Safetensors.Elements parameters,
      Map<String, String> metadata)
      throws IOException {
    Safetensors.writeHeader(out, SafetensorsHeader.of(tensors, type, metadata));
    for (FileTensor tensor : tensors) {
      writeElements(out, tensor, type, parameters);
    }
  }

  /**
   * Writes the elements of a tensor, little-endian.
   *
   * @param parameters the flat vector
   */
  public static void writeElements(
      OutputStream out, FileTensor tensor, DataType type, Safetensors.Elements parameters)
      throws IOException {
    for (Range range : tensor.ranges()) {
      write(
          out, type, range.length(), (from, into) -> parameters.read(range.offset() + from, into));
    }
  }

  private static void write(
      OutputStream out, DataType type, long length, Safetensors.Elements elements)
      throws IOException {
    int most = (int) Math.min(CHUNK, length);
    byte[] bytes = new byte[most * type.bytes()];
    FloatBuffer values = FloatBuffer.allocate(most);
    for (long done = 0; done < length; ) {
      int size = (int) Math.min(most, length - done);
      elements.read(done, values.clear().limit(size));
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < size; i++) {
        type.put(values.get(i), buffer);
      }
      out.write(bytes, 0, size * type.bytes());
      done += size;
    }
  }

  /**
   * The expected content of a file.
   *
   * @param tensors that must exist
   * @param copies tensors that may exist, and must then equal the tensors of the same ranges
   * @param unused names of tensors that may exist and are ignored
   * @param describedBy source of this description, for messages
   * @param model what the tensors belong to, for messages
   */
  public record Contents(
      List<FileTensor> tensors,
      List<FileTensor> copies,
      Predicate<String> unused,
      String describedBy,
      String model) {
    public Contents {
      tensors = List.copyOf(tensors);
      copies = List.copyOf(copies);
    }
  }

  /**
   * Reads tensors of 32- or 16-bit floats, in the order of the file.
   *
   * @param file name for messages
   * @return checksums of the existing copies, by name, as computed by {@link #checksum}
   * @throws SafetensorsException if the file is damaged or truncated, or has other tensors, naming
   *     all that differ
   */
  public static Map<String, Long> read(
      InputStream in, String file, Contents contents, FlatVector parameters) throws IOException {
    DataInputStream data = new DataInputStream(in);
    try {
      SafetensorsHeader header = Safetensors.readHeader(data, file);
      Map<String, FileTensor> expected = byName(contents.tensors());
      Map<String, FileTensor> copies = byName(contents.copies());
      requireAll(header, contents, file);
      Map<String, Long> checksums = new LinkedHashMap<>();
      for (Map.Entry<String, SafetensorsHeader.Entry> stored : inOrder(header)) {
        String name = stored.getKey();
        SafetensorsHeader.Entry entry = stored.getValue();
        if (expected.containsKey(name)) {
          DataType type = DataType.of(entry.dtype()).orElseThrow();
          for (Range range : expected.get(name).ranges()) {
            read(
                data,
                type,
                range.length(),
                (at, values) -> parameters.write(range.offset() + at, values));
          }
        } else if (copies.containsKey(name)) {
          ValueChecksum sum = new ValueChecksum();
          DataType type = DataType.of(entry.dtype()).orElseThrow();
          read(data, type, copies.get(name).size(), (at, values) -> sum.add(values));
          checksums.put(name, sum.value());
        } else {
          data.skipNBytes(entry.end() - entry.begin());
        }
      }
      Safetensors.requireEnd(data, file);
      return checksums;
    } catch (EOFException e) {
      throw new SafetensorsException(file + " is truncated: it was not written completely", e);
    }
  }

  /**
   * Checks the header of a file.
   *
   * @param file name for messages
   * @throws SafetensorsException as {@link #read} does
   */
  public static void check(InputStream in, String file, Contents contents) throws IOException {
    try {
      requireAll(Safetensors.readHeader(new DataInputStream(in), file), contents, file);
    } catch (EOFException e) {
      throw new SafetensorsException(file + " is truncated: it was not written completely", e);
    }
  }

  /** The checksum of the values of a tensor in the flat vector. */
  public static long checksum(FileTensor tensor, FlatVector parameters) {
    ValueChecksum sum = new ValueChecksum();
    for (Range range : tensor.ranges()) {
      FloatBuffer values = FloatBuffer.allocate((int) Math.min(CHUNK, range.length()));
      for (long done = 0; done < range.length(); done += values.limit()) {
        values.clear().limit((int) Math.min(CHUNK, range.length() - done));
        parameters.read(range.offset() + done, values.duplicate());
        sum.add(values);
      }
    }
    return sum.value();
  }

  private static Map<String, FileTensor> byName(List<FileTensor> tensors) {
    Map<String, FileTensor> named = new LinkedHashMap<>();
    tensors.forEach(tensor -> named.put(tensor.name(), tensor));
    return named;
  }

  /** Receives elements [at, at + values.remaining()) of a tensor. */
  @FunctionalInterface
  private interface Sink {
    void take(long at, FloatBuffer values);
  }

  private static void read(DataInputStream data, DataType type, long length, Sink into)
      throws IOException {
    int most = (int) Math.min(CHUNK, length);
    byte[] bytes = new byte[most * type.bytes()];
    float[] values = new float[most];
    for (long done = 0; done < length; ) {
      int size = (int) Math.min(most, length - done);
      data.readFully(bytes, 0, size * type.bytes());
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < size; i++) {
        values[i] = type.next(buffer);
      }
      into.take(done, FloatBuffer.wrap(values, 0, size));
      done += size;
    }
  }

  private static List<Map.Entry<String, SafetensorsHeader.Entry>> inOrder(
      SafetensorsHeader header) {
    return header.tensors().entrySet().stream()
        .sorted(
            Map.Entry.comparingByValue(
                Comparator.comparingLong(SafetensorsHeader.Entry::begin)
                    .thenComparingLong(SafetensorsHeader.Entry::end)))
        .toList();
  }

  private static void requireAll(SafetensorsHeader header, Contents contents, String file) {
    List<String> problems = new ArrayList<>();
    for (FileTensor tensor : contents.tensors()) {
      if (header.tensors().containsKey(tensor.name())) {
        requireReadable(header, tensor, problems);
      } else {
        problems.add(tensor.name() + " is missing");
      }
    }
    Map<String, FileTensor> expected = byName(contents.tensors());
    Map<String, FileTensor> copies = byName(contents.copies());
    for (String name : header.tensors().keySet()) {
      if (copies.containsKey(name)) {
        requireReadable(header, copies.get(name), problems);
      } else if (!expected.containsKey(name) && !contents.unused().test(name)) {
        problems.add("%s is not part of %s".formatted(name, contents.model()));
      }
    }
    if (!problems.isEmpty()) {
      throw new SafetensorsException(
          "%s does not match %s: %s"
              .formatted(file, contents.describedBy(), String.join("; ", problems)));
    }
  }

  private static void requireReadable(
      SafetensorsHeader header, FileTensor tensor, List<String> problems) {
    SafetensorsHeader.Entry entry = header.tensors().get(tensor.name());
    if (!entry.shape().equals(tensor.shape()) || DataType.of(entry.dtype()).isEmpty()) {
      problems.add(
          "%s is %s%s, expected %s of floats (%s)"
              .formatted(
                  tensor.name(), entry.dtype(), entry.shape(), tensor.shape(), DataType.names()));
    }
  }

  /** A checksum of a sequence of values, independent of how it is split into pieces. */
  private static final class ValueChecksum {
    private final CRC32C crc = new CRC32C();

    /** Adds the remaining values, without changing the buffer's position. */
    void add(FloatBuffer values) {
      ByteBuffer bytes = ByteBuffer.allocate(values.remaining() * Float.BYTES);
      bytes.asFloatBuffer().put(values.duplicate());
      crc.update(bytes);
    }

    long value() {
      return crc.getValue();
    }
  }
}
