package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.dl4j.Normalization.RowNorm;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Operations that ND4J's element-wise operators do not cover. They write to existing arrays, or in
 * place. Arrays are contiguous, row-major, and of 32-bit or 64-bit floats.
 */
interface Kernels {
  /** A score whose softmax is 0. */
  double MASKED = -1e30;

  /** The kernels for the backend that ND4J has loaded. */
  static Kernels ofBackend() {
    return OfBackend.KERNELS;
  }

  /** Holds the kernels, which are created after ND4J is loaded. */
  final class OfBackend {
    private static final Kernels KERNELS =
        Nd4j.getBackend().getClass().getSimpleName().equals("CpuBackend")
            ? new CpuKernels()
            : new PortableKernels();

    private OfBackend() {}
  }

  /** C = α A B + β C, with A [m, k], B [k, n] and C [m, n]. */
  void multiply(double alpha, Matrix a, Matrix b, double beta, Matrix c);

  /** sums = α · (column sums of the matrix) + β · sums, of [rows, columns] and [columns]. */
  void addColumnSums(INDArray matrix, double alpha, double beta, INDArray sums);

  /** Copies a matrix [rows, columns] to another one; neither is transposed. */
  void copy(Matrix from, Matrix to);

  /** Adds a row [columns] to each row of a matrix [rows, columns]. */
  void addRow(INDArray row, INDArray matrix);

  /** sum = sum + added, of one shape. */
  void add(INDArray added, INDArray sum);

  /** Normalises each row of x [rows, columns]; writes y of the same shape. */
  void normalize(INDArray x, RowNorm norm, INDArray y);

  /**
   * rows[i] = table[ids[i]], of [ids, width] and [vocabulary, width].
   *
   * @throws IllegalArgumentException if an id is not in the table
   */
  void gather(INDArray table, int[] ids, INDArray rows);

  /** table[ids[i]] += rows[i], in the order of i; shapes and errors as of {@link #gather}. */
  void scatterAdd(INDArray rows, int[] ids, INDArray table);

  /**
   * Rotates the queries and keys of all heads in place (Su et al., arXiv 2104.09864): the pair
   * (x[i], x[i + half]) of a token at position t by the angle whose cosine and sine are in row t.
   * The coordinates of a head beyond the pairs are kept.
   *
   * @param qkv [tokens, width]; the first {@code heads · headDim} columns are rotated
   * @param positions of each token
   * @param direction 1, or −1 to rotate back
   */
  void rotate(INDArray qkv, int heads, int[] positions, RotaryTable angles, int direction);

  /** Transposes each row of [rows, columns], seen as a matrix [height, columns / height]. */
  void transposeRows(INDArray from, int height, INDArray to);

  /**
   * Masks later tokens: scores above the diagonal become {@link #MASKED}.
   *
   * @param scores [matrices, length, length]
   */
  void maskFuture(INDArray scores);

  /**
   * Masks positions without a token: scores after a sequence's last position become {@link
   * #MASKED}.
   *
   * @param scores [sequences · queries, longest]
   * @param positions of the sequences' last tokens
   */
  void maskUnread(INDArray scores, int[] positions);

  /**
   * Subtracts the one-hot labels from probabilities in place.
   *
   * @param probabilities [tokens, vocabulary]
   * @param picked receives the probability of each label before the subtraction, [tokens]
   * @throws IllegalArgumentException if a label is not in the vocabulary
   */
  void subtractLabels(INDArray probabilities, int[] labels, double[] picked);

  /** Sum of squares, in 64-bit floats, of elements [from, to). */
  double sumOfSquares(INDArray vector, long from, long to);

  /** Copies elements [offset, offset + into.remaining()) to a buffer, as 32-bit floats. */
  void read(INDArray vector, long offset, FloatBuffer into);

  /** Copies 32-bit floats from a buffer to a vector, starting at {@code offset}. */
  void write(INDArray vector, long offset, FloatBuffer from);
}
