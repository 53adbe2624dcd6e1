package dev.larkspur.layout;

import dev.larkspur.model.Parameter;
import java.util.List;

/**
 * A tensor of a file: consecutive ranges of the flat parameter vector.
 *
 * @param name in the file
 * @param shape sizes, outermost first, stored row-major
 * @param ranges of the flat vector, in the order of the tensor's elements
 */
public record FileTensor(String name, List<Integer> shape, List<Range> ranges) {
  public FileTensor {
    shape = List.copyOf(shape);
    ranges = List.copyOf(ranges);
    if (ranges.stream().mapToLong(Range::length).sum() != size(shape)) {
      throw new IllegalArgumentException(
          name + " of shape " + shape + " is not what its ranges hold");
    }
  }

  /** A complete parameter under another name. */
  static FileTensor of(String name, Parameter parameter) {
    return new FileTensor(
        name, parameter.shape(), List.of(new Range(parameter.offset(), parameter.size())));
  }

  /** Number of elements. */
  public long size() {
    return size(shape);
  }

  private static long size(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /**
   * Elements [offset, offset + length) of the flat parameter vector.
   *
   * @param offset index of the first element
   * @param length number of elements
   */
  public record Range(long offset, long length) {}
}
