package dev.larkspur.engine.torch;

import java.math.BigInteger;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Products of one row with a matrix, or with the matrices of blocks, as sums of the matrix's
 * columns weighted by the row: one bag of embeddings for each thread. On CPUs this reads bf16
 * nearly twice as fast as LibTorch's products of a matrix with a vector, and takes one call for all
 * blocks.
 */
final class ColumnSum {
  private static final long SUM = 0;

  /** Elements of a column that a thread adds up, at least: shorter ones take longer. */
  private static final long LEAST_LENGTH = 64;

  /** Columns, each divided into parts: [blocks · in · parts, out / parts]. */
  private final Tensor columns;

  /** The columns of all sums, one sum after the other: [blocks · parts · in]. */
  private final Tensor summed;

  /** Where each sum begins in them: [blocks · parts]. */
  private final Tensor begins;

  /** The row, once for each part: [parts, in] or [blocks, parts, in]. */
  private final Tensor weights;

  private final TensorOptional optionalWeights;

  /** Of a product. */
  private final long[] shape;

  private final LongOptional noPadding = new LongOptional();

  /**
   * @param transposed the matrix, contiguous: [in, out] or [blocks, in, out]
   * @param threads that compute
   */
  ColumnSum(Tensor transposed, int threads) {
    long blocks = transposed.dim() == 2 ? 1 : transposed.size(0);
    long in = transposed.size(-2);
    long out = transposed.size(-1);
    long parts = parts(blocks, out, threads);
    shape = transposed.dim() == 2 ? new long[] {1, out} : new long[] {blocks, 1, out};
    columns = transposed.view(-1, out / parts);
    weights =
        torch.zeros(
            transposed.dim() == 2 ? new long[] {parts, in} : new long[] {blocks, parts, in},
            transposed.options());
    optionalWeights = new TensorOptional(weights.view(-1));
    int[] numbers = new int[Math.toIntExact(blocks * parts * in)];
    int[] starts = new int[Math.toIntExact(blocks * parts)];
    int next = 0;
    for (long block = 0; block < blocks; block++) {
      for (long part = 0; part < parts; part++) {
        starts[(int) (block * parts + part)] = next;
        for (long i = 0; i < in; i++) {
          numbers[next++] = Math.toIntExact((block * in + i) * parts + part);
        }
      }
    }
    summed = Tensor.create(numbers);
    begins = Tensor.create(starts);
  }

  /** Chosen so that every thread computes the same number of sums. */
  private static long parts(long blocks, long out, int threads) {
    long most =
        threads / BigInteger.valueOf(blocks).gcd(BigInteger.valueOf(threads)).longValueExact();
    while (most > 1 && (out % most != 0 || out / most < LEAST_LENGTH)) {
      most--;
    }
    return most;
  }

  /**
   * Multiplies.
   *
   * @param row [1, in] or [blocks, 1, in], of any type
   * @return [1, out] or [blocks, 1, out], in the type of the matrix
   */
  Tensor multiply(Tensor row) {
    // Into the same memory each time, in one call: after reading a matrix, LibTorch's code is no
    // longer in the caches, so each call costs more than its work.
    weights.copy_(row);
    return torch
        .embedding_bag(
            columns, summed, begins, false, SUM, false, optionalWeights, false, noPadding)
        .get0()
        .view(shape);
  }
}
