package dev.larkspur.checkpoint;

import dev.larkspur.engine.FlatVector;
import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.Range;
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

/**
 * Safetensors files whose tensors are named and laid out in other ways than the flat vector is.
 * Both directions stream.
 */
public final class TensorFile {
  private static final int CHUNK = 1 << 20;

  private TensorFile() {}

  /**
   * Writes the tensors in their order, as 32-bit floats; does not close the stream.
   *
   * @param parameters the flat vector
   */
  public static void write(
      OutputStream out,
      List<FileTensor> tensors,
      Safetensors.Elements parameters,
      Map<String, String> metadata)
      throws IOException {
    Safetensors.writeHeader(out, SafetensorsHeader.of(tensors, metadata));
    for (FileTensor tensor : tensors) {
      for (Range range : tensor.ranges()) {
        Safetensors.writeElements(
            out, (from, into) -> parameters.read(range.offset() + from, into), range.length());
      }
    }
  }

  /**
   * Reads tensors of 32- or 16-bit floats, in whichever order the file has them.
   *
   * @param file name for messages
   * @param tensors that must be there
   * @param unused names of tensors that may be there and mean nothing
   * @throws CheckpointException if the file is damaged or cut short, or holds others, naming all
   *     that differ
   */
  public static void read(
      InputStream in,
      String file,
      List<FileTensor> tensors,
      Predicate<String> unused,
      FlatVector parameters)
      throws IOException {
    DataInputStream data = new DataInputStream(in);
    try {
      SafetensorsHeader header = Safetensors.readHeader(data, file);
      Map<String, FileTensor> wanted = new LinkedHashMap<>();
      tensors.forEach(tensor -> wanted.put(tensor.name(), tensor));
      requireAll(header, wanted, unused, file);
      long position = 0;
      for (Map.Entry<String, SafetensorsHeader.Entry> stored : inOrder(header)) {
        SafetensorsHeader.Entry entry = stored.getValue();
        if (entry.begin() < position) {
          throw new CheckpointException(file + " is damaged: its tensors overlap");
        }
        data.skipNBytes(entry.begin() - position);
        position = entry.end();
        FileTensor tensor = wanted.get(stored.getKey());
        if (tensor == null) {
          data.skipNBytes(entry.end() - entry.begin());
        } else {
          DataType type = DataType.of(entry.dtype()).orElseThrow();
          for (Range range : tensor.ranges()) {
            read(data, type, range, parameters);
          }
        }
      }
    } catch (EOFException e) {
      throw new CheckpointException(file + " is cut short: it was not written to its end", e);
    }
  }

  private static void read(DataInputStream data, DataType type, Range range, FlatVector into)
      throws IOException {
    int most = (int) Math.min(CHUNK, range.length());
    byte[] bytes = new byte[most * type.bytes()];
    float[] values = new float[most];
    for (long done = 0; done < range.length(); ) {
      int size = (int) Math.min(most, range.length() - done);
      data.readFully(bytes, 0, size * type.bytes());
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < size; i++) {
        values[i] = type.next(buffer);
      }
      into.write(range.offset() + done, FloatBuffer.wrap(values, 0, size));
      done += size;
    }
  }

  private static List<Map.Entry<String, SafetensorsHeader.Entry>> inOrder(
      SafetensorsHeader header) {
    return header.tensors().entrySet().stream()
        .sorted(Comparator.comparingLong(stored -> stored.getValue().begin()))
        .toList();
  }

  private static void requireAll(
      SafetensorsHeader header,
      Map<String, FileTensor> wanted,
      Predicate<String> unused,
      String file) {
    List<String> problems = new ArrayList<>();
    wanted.forEach(
        (name, tensor) -> {
          SafetensorsHeader.Entry entry = header.tensors().get(name);
          if (entry == null) {
            problems.add(name + " is missing");
          } else if (!isReadable(entry, tensor)) {
            problems.add(
                "%s is %s%s, expected %s of floats"
                    .formatted(name, entry.dtype(), entry.shape(), tensor.shape()));
          }
        });
    for (String name : header.tensors().keySet()) {
      if (!wanted.containsKey(name) && !unused.test(name)) {
        problems.add(name + " is not part of this model");
      }
    }
    if (!problems.isEmpty()) {
      throw new CheckpointException(
          "%s does not hold the model that its config.json describes: %s"
              .formatted(file, String.join("; ", problems)));
    }
  }

  private static boolean isReadable(SafetensorsHeader.Entry entry, FileTensor tensor) {
    return entry.shape().equals(tensor.shape())
        && DataType.of(entry.dtype())
            .filter(type -> entry.end() - entry.begin() == tensor.size() * type.bytes())
            .isPresent();
  }
}
