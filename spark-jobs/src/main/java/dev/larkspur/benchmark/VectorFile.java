package dev.larkspur.benchmark;

import dev.larkspur.benchmark.Agreement.Difference;
import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Flat vectors in files, which processes of one machine exchange: 32-bit floats, big-endian. Reads
 * and writes use a small buffer, so that files do not add to the measured memory.
 */
final class VectorFile {
  private static final int PIECE = 1 << 18;

  private VectorFile() {}

  /** Writes all elements. */
  static void write(FlatVector vector, Path file) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(Float.BYTES * PIECE);
    FloatBuffer values = FloatBuffer.allocate(PIECE);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long done = 0; done < vector.length(); done += values.limit()) {
        values.clear().limit((int) Math.min(PIECE, vector.length() - done));
        vector.read(done, values);
        bytes.clear().asFloatBuffer().put(values.flip());
        bytes.limit(Float.BYTES * values.limit());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads all elements. */
  static void read(Path file, FlatVector into) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(Float.BYTES * PIECE);
    FloatBuffer values = FloatBuffer.allocate(PIECE);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (long done = 0; done < into.length(); done += values.limit()) {
        next(channel, bytes, values, into.length() - done);
        into.write(done, values);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the next chunk of a file, at most {@code wanted} elements. */
  private static void next(FileChannel channel, ByteBuffer bytes, FloatBuffer values, long wanted)
      throws IOException {
    values.clear().limit((int) Math.min(PIECE, wanted));
    bytes.clear().limit(Float.BYTES * values.limit());
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException("a vector of another process is shorter than the model");
      }
    }
    values.put(bytes.flip().asFloatBuffer()).flip();
  }

  /** The difference of each parameter, in the order of the table. */
  static List<Difference> differences(Path actual, Path expected, ParameterTable table) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(Float.BYTES * PIECE);
    FloatBuffer ours = FloatBuffer.allocate(PIECE);
    FloatBuffer theirs = FloatBuffer.allocate(PIECE);
    List<Difference> differences = new ArrayList<>();
    try (FileChannel actualChannel = FileChannel.open(actual, StandardOpenOption.READ);
        FileChannel expectedChannel = FileChannel.open(expected, StandardOpenOption.READ)) {
      for (Parameter parameter : table.parameters()) {
        double squares = 0;
        double squaredDifferences = 0;
        for (long done = 0; done < parameter.size(); done += ours.limit()) {
          next(actualChannel, bytes, ours, parameter.size() - done);
          next(expectedChannel, bytes, theirs, parameter.size() - done);
          for (int i = 0; i < ours.limit(); i++) {
            double difference = (double) ours.get(i) - theirs.get(i);
            squaredDifferences += difference * difference;
            squares += (double) theirs.get(i) * theirs.get(i);
          }
        }
        double relative = squaredDifferences == 0 ? 0 : Math.sqrt(squaredDifferences / squares);
        differences.add(new Difference(parameter.name(), relative));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return differences;
  }
}
