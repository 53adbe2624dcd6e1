package dev.larkspur.safetensors;

import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.FlatVector.HostCopy;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Accepts a vector in the layout of a larger model, and writes the parameters of a smaller model,
 * matched by name.
 */
public final class ParameterSubset implements FlatVector {
  private final ParameterTable full;
  private final ParameterTable part;
  private final FlatVector into;
  private final List<Parameter> parameters;
  private final Set<String> names;

  /**
   * @param full layout of the larger model
   * @param part layout of the smaller model
   * @param into vector of the smaller model
   */
  public ParameterSubset(ParameterTable full, ParameterTable part, FlatVector into) {
    this.full = full;
    this.part = part;
    this.into = into;
    this.parameters = full.parameters();
    this.names = part.parameters().stream().map(Parameter::name).collect(Collectors.toSet());
  }

  @Override
  public long length() {
    return full.length();
  }

  @Override
  public void write(long offset, FloatBuffer from) {
    long end = offset + from.remaining();
    int begin = from.position();
    for (Parameter parameter : parameters) {
      long first = Math.max(offset, parameter.offset());
      long last = Math.min(end, parameter.offset() + parameter.size());
      if (first < last && names.contains(parameter.name())) {
        FloatBuffer values = from.duplicate();
        values.limit(begin + (int) (last - offset)).position(begin + (int) (first - offset));
        long place = part.parameter(parameter.name()).offset() + first - parameter.offset();
        into.write(place, values);
      }
    }
    from.position(from.limit());
  }

  @Override
  public void read(long offset, FloatBuffer values) {
    throw new UnsupportedOperationException("a subset of a vector cannot be read");
  }

  @Override
  public HostCopy hostCopy(long from, long to) {
    throw new UnsupportedOperationException("a subset of a vector cannot be copied");
  }
}
