package dev.larkspur.export;

import dev.larkspur.layout.FileTensor;
import dev.larkspur.layout.Range;
import dev.larkspur.tensor.FlatVector;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** Refuses parameters of which no model can be made: those that are not finite. */
final class FiniteValues {
  private static final int CHUNK = 1 << 16;
  private static final int MOST_NAMED = 10;

  private final Path file;

  /**
   * @param file that they came from, for messages
   */
  FiniteValues(Path file) {
    this.file = file;
  }

  /**
   * Looks at the values of all tensors.
   *
   * @throws ModelException naming those with values that are NaN or infinite
   */
  void require(List<FileTensor> tensors, FlatVector parameters) {
    FloatBuffer buffer = FloatBuffer.allocate(CHUNK);
    List<String> broken = new ArrayList<>();
    for (FileTensor tensor : tensors) {
      long wrong = 0;
      for (Range range : tensor.ranges()) {
        wrong += wrong(range, parameters, buffer);
      }
      if (wrong > 0) {
        broken.add("%s (%,d of %,d)".formatted(tensor.name(), wrong, tensor.size()));
      }
    }
    if (!broken.isEmpty()) {
      String more =
          broken.size() > MOST_NAMED ? " and %,d more".formatted(broken.size() - MOST_NAMED) : "";
      throw new ModelException(
          "%s holds values that are NaN or infinite, in %s%s: get the file again, or convert the model again without an overflow"
              .formatted(
                  file, String.join(", ", broken.stream().limit(MOST_NAMED).toList()), more));
    }
  }

  private static long wrong(Range range, FlatVector parameters, FloatBuffer buffer) {
    long wrong = 0;
    for (long done = 0; done < range.length(); done += buffer.limit()) {
      buffer.clear().limit((int) Math.min(CHUNK, range.length() - done));
      parameters.read(range.offset() + done, buffer.duplicate());
      for (int i = 0; i < buffer.limit(); i++) {
        wrong += Float.isFinite(buffer.get(i)) ? 0 : 1;
      }
    }
    return wrong;
  }
}
