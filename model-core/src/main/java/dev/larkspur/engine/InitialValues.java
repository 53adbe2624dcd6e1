package dev.larkspur.engine;

import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Initial parameters as a function of the seed (paper, section 3 and appendix A). Every matrix has
 * a random stream of its own, named after it, so its values depend neither on the engine nor on the
 * other parameters, nor on the number of threads: streams are read by index, by all threads of the
 * common pool.
 *
 * <p>A Gaussian matrix G = U S Vᵀ looks the same from every direction: U, S and V are independent,
 * and the singular vectors are uniformly distributed over all sets of orthonormal vectors. They are
 * therefore drawn as such, each by orthonormalising the rows or columns of a Gaussian matrix of
 * their own shape (Mezzadri 2007, "How to generate random matrices from the classical compact
 * groups"), and {@link SingularValues} draws S: the distribution of a decomposition of G, truncated
 * or not, without its cost. The polar factor U Vᵀ of a Gaussian matrix is also uniformly
 * distributed.
 *
 * @param std standard deviation of a matrix
 * @param seed the run's seed
 * @param orthonormalization makes rows or columns orthonormal
 */
public record InitialValues(double std, long seed, Orthonormalization orthonormalization) {
  /** Elements that one thread draws at once, and that are written at once. */
  private static final int DRAWN_AT_ONCE = 1 << 14;

  private static final int WRITTEN_AT_ONCE = 1 << 22;

  /**
   * Writes the initial value of every parameter but the guides, which the engine makes of the
   * factors.
   */
  public void fill(ParameterTable table, FlatVector parameters) {
    Map<String, double[]> singularValues = singularValues(table.parameters());
    FloatBuffer chunk = null;
    Iterator<Parameter> rest = table.parameters().iterator();
    while (rest.hasNext()) {
      Parameter parameter = rest.next();
      switch (parameter.init()) {
        case ZEROS -> constant(parameter, parameters, 0);
        case ONES -> constant(parameter, parameters, 1);
        case NORMAL -> {
          chunk = chunk == null ? direct(WRITTEN_AT_ONCE) : chunk;
          normal(parameter, parameters, chunk);
        }
        case SVD_LEFT ->
            factors(parameter, rest.next(), singularValues.get(parameter.name()), parameters);
        case SVD_RIGHT ->
            throw new IllegalStateException(parameter.name() + " does not follow its left factor");
        case GUIDE -> {}
        case ORTHOGONAL -> orthogonal(parameter, parameters);
      }
    }
  }

  private static FloatBuffer direct(int size) {
    return ByteBuffer.allocateDirect(Float.BYTES * size)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private static void constant(Parameter parameter, FlatVector parameters, float value) {
    float[] values = new float[Math.toIntExact(parameter.size())];
    Arrays.fill(values, value);
    parameters.write(parameter.offset(), FloatBuffer.wrap(values));
  }

  private void normal(Parameter parameter, FlatVector parameters, FloatBuffer chunk) {
    GaussianStream stream = GaussianStream.of(seed, parameter.name());
    for (long done = 0; done < parameter.size(); done += chunk.capacity()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), parameter.size() - done));
      draw(stream, done, std, chunk);
      parameters.write(parameter.offset() + done, chunk);
    }
  }

  /**
   * Draws numbers in parallel.
   *
   * @param from index of the first in its stream
   * @param values receives them from its start to its limit
   */
  private static void draw(GaussianStream stream, long from, double std, FloatBuffer values) {
    int size = values.limit();
    IntStream.range(0, (size + DRAWN_AT_ONCE - 1) / DRAWN_AT_ONCE)
        .parallel()
        .forEach(
            part -> {
              int first = part * DRAWN_AT_ONCE;
              float[] drawn = new float[Math.min(DRAWN_AT_ONCE, size - first)];
              stream.fill(from + first, std, drawn);
              values.put(first, drawn);
            });
  }

  /** The singular values of the matrices that factors stand for, by the left factor's name. */
  private Map<String, double[]> singularValues(List<Parameter> parameters) {
    return IntStream.range(0, parameters.size())
        .parallel()
        .filter(i -> parameters.get(i).init() == Parameter.Init.SVD_LEFT)
        .boxed()
        .collect(
            Collectors.toConcurrentMap(
                i -> parameters.get(i).name(),
                i -> singularValues(parameters.get(i), parameters.get(i + 1))));
  }

  private double[] singularValues(Parameter left, Parameter right) {
    return SingularValues.largest(
        GaussianStream.of(seed, left.name() + ".singular-values"),
        left.shape().get(0),
        right.shape().get(1),
        left.shape().get(1));
  }

  private void factors(
      Parameter left, Parameter right, double[] singularValues, FlatVector parameters) {
    int out = left.shape().get(0);
    int matrixRank = left.shape().get(1);
    int in = right.shape().get(1);
    float[] roots = new float[matrixRank];
    for (int i = 0; i < matrixRank; i++) {
      roots[i] = (float) Math.sqrt(std * singularValues[i]);
    }
    float[] u = orthonormal(GaussianStream.of(seed, left.name()), 0, out, matrixRank);
    for (int i = 0; i < u.length; i++) {
      u[i] *= roots[i % matrixRank];
    }
    float[] v = orthonormal(GaussianStream.of(seed, right.name()), 0, matrixRank, in);
    for (int i = 0; i < v.length; i++) {
      v[i] *= roots[i / in];
    }
    parameters.write(left.offset(), FloatBuffer.wrap(u));
    parameters.write(right.offset(), FloatBuffer.wrap(v));
  }

  private void orthogonal(Parameter parameter, FlatVector parameters) {
    List<Integer> shape = parameter.shape();
    int out = shape.get(shape.size() - 2);
    int in = shape.get(shape.size() - 1);
    GaussianStream stream = GaussianStream.of(seed, parameter.name());
    long block = (long) out * in;
    for (long done = 0; done < parameter.size(); done += block) {
      parameters.write(
          parameter.offset() + done, FloatBuffer.wrap(orthonormal(stream, done, out, in)));
    }
  }

  /**
   * A matrix [rows, columns] that is uniformly distributed over those with orthonormal rows or
   * columns.
   *
   * @param from index of its first number in the stream
   */
  private float[] orthonormal(GaussianStream stream, long from, int rows, int columns) {
    float[] matrix = new float[Math.multiplyExact(rows, columns)];
    draw(stream, from, 1, FloatBuffer.wrap(matrix));
    orthonormalization.apply(matrix, rows, columns);
    return matrix;
  }

  /** Makes the shorter of rows and columns orthonormal. */
  public interface Orthonormalization {
    /**
     * Replaces a matrix of full rank by the Q of its QR decomposition, with R's diagonal positive,
     * which makes Q unique; if it is wider than tall, by the transpose of that of its transpose.
     *
     * @param matrix [rows, columns], row-major
     */
    void apply(float[] matrix, int rows, int columns);
  }
}
