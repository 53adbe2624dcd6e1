package dev.larkspur.engine;

import dev.larkspur.model.Parameter;
import dev.larkspur.model.ParameterTable;
import dev.larkspur.tensor.FlatVector;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Initial parameters as a function of the seed (paper, section 3 and appendix A). Every matrix has
 * a generator of its own, seeded by the run's seed and the parameter's name, so its values depend
 * neither on the engine nor on the other parameters.
 *
 * @param std standard deviation of a matrix
 * @param seed the run's seed
 * @param decompositions split a matrix into factors
 */
public record InitialValues(double std, long seed, Decompositions decompositions) {
  private static final int CHUNK = 1 << 20;

  /**
   * Writes the initial value of every parameter but the guides, which the engine makes of the
   * factors.
   */
  public void fill(ParameterTable table, FlatVector parameters) {
    Iterator<Parameter> rest = table.parameters().iterator();
    while (rest.hasNext()) {
      Parameter parameter = rest.next();
      switch (parameter.init()) {
        case ZEROS -> constant(parameter, parameters, 0);
        case ONES -> constant(parameter, parameters, 1);
        case NORMAL -> normal(parameter, parameters);
        case SVD_LEFT -> factors(parameter, rest.next(), parameters);
        case SVD_RIGHT ->
            throw new IllegalStateException(parameter.name() + " does not follow its left factor");
        case GUIDE -> {}
        case ORTHOGONAL -> orthogonal(parameter, parameters);
      }
    }
  }

  private static void constant(Parameter parameter, FlatVector parameters, float value) {
    float[] values = new float[Math.toIntExact(parameter.size())];
    Arrays.fill(values, value);
    parameters.write(parameter.offset(), FloatBuffer.wrap(values));
  }

  private void normal(Parameter parameter, FlatVector parameters) {
    Random random = generator(parameter.name());
    float[] values = new float[(int) Math.min(CHUNK, parameter.size())];
    for (long done = 0; done < parameter.size(); done += values.length) {
      int size = (int) Math.min(values.length, parameter.size() - done);
      draw(random, values, size);
      parameters.write(parameter.offset() + done, FloatBuffer.wrap(values, 0, size));
    }
  }

  private void factors(Parameter left, Parameter right, FlatVector parameters) {
    int out = left.shape().get(0);
    int matrixRank = left.shape().get(1);
    int in = right.shape().get(1);
    float[] w = new float[Math.multiplyExact(out, in)];
    draw(generator(left.name()), w, w.length);
    float[] u = new float[out * matrixRank];
    float[] v = new float[matrixRank * in];
    decompositions.split(w, out, in, matrixRank, u, v);
    parameters.write(left.offset(), FloatBuffer.wrap(u));
    parameters.write(right.offset(), FloatBuffer.wrap(v));
  }

  private void orthogonal(Parameter parameter, FlatVector parameters) {
    List<Integer> shape = parameter.shape();
    int out = shape.get(shape.size() - 2);
    int in = shape.get(shape.size() - 1);
    Random random = generator(parameter.name());
    float[] block = new float[Math.multiplyExact(out, in)];
    for (long done = 0; done < parameter.size(); done += block.length) {
      draw(random, block, block.length);
      decompositions.polarFactor(block, out, in);
      parameters.write(parameter.offset() + done, FloatBuffer.wrap(block));
    }
  }

  private void draw(Random random, float[] values, int size) {
    for (int i = 0; i < size; i++) {
      values[i] = (float) (std * random.nextGaussian());
    }
  }

  /** {@link Random}'s Gaussian is specified to the bit, on every JDK. */
  private Random generator(String name) {
    CRC32C crc = new CRC32C();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    return new Random((seed * 0x9E3779B97F4A7C15L) ^ (crc.getValue() << 16));
  }

  /** Decompositions that initial values are made of. */
  public interface Decompositions {
    /**
     * The truncated singular value decomposition W ≈ U·V with U = U'√S and V = √S V'ᵀ.
     *
     * @param w [out, in], row-major
     * @param u receives [out, matrixRank]
     * @param v receives [matrixRank, in]
     */
    void split(float[] w, int out, int in, int matrixRank, float[] u, float[] v);

    /**
     * Replaces W = U S Vᵀ by the nearest matrix with orthonormal rows or columns, U Vᵀ.
     *
     * @param w [out, in], row-major
     */
    void polarFactor(float[] w, int out, int in);
  }
}
