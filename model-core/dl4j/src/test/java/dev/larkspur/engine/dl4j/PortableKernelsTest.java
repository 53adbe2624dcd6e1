package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.dl4j.Normalization.RowNorm;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.Positions;
import java.nio.FloatBuffer;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Kernels of ND4J's operations, which a GPU would run, equal those on raw memory. */
class PortableKernelsTest {
  private static final long[] SHAPE = {6, 8};

  /** Runs both on the same random values; what they leave in the last array is equal. */
  private static void assertEqual(BiConsumer<Kernels, INDArray[]> work, long[]... shapes) {
    INDArray[] first = new INDArray[shapes.length];
    INDArray[] second = new INDArray[shapes.length];
    for (int i = 0; i < shapes.length; i++) {
      first[i] = Nd4j.randn(DataType.FLOAT, shapes[i]).dup('c');
      second[i] = first[i].dup('c');
    }
    work.accept(new CpuKernels(), first);
    work.accept(new PortableKernels(), second);
    for (int i = 0; i < shapes.length; i++) {
      INDArray difference = second[i].sub(first[i]);
      assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-5);
      // ND4J's maximum ignores what is no number.
      assertThat(difference.sumNumber().doubleValue()).isNotNaN();
    }
  }

  @Test
  void productsOfColumnsAndTransposes() {
    assertEqual(
        (kernels, arrays) -> {
          Matrix left = Matrix.of(arrays[0]).columns(2, 3);
          Matrix right = Matrix.of(arrays[1]).rows(1, 4).columns(5, 3);
          kernels.multiply(0.5, left, right.t(), 1, Matrix.of(arrays[2]).columns(1, 4));
          kernels.multiply(2, left.t(), left, 0, Matrix.of(arrays[3]));
        },
        SHAPE,
        SHAPE,
        SHAPE,
        new long[] {3, 3});
  }

  @Test
  void productsOfFewRowsIgnoreWhatTheyOverwrite() {
    for (int rows : new int[] {1, 3, 5}) {
      assertEqual(
          (kernels, arrays) -> {
            arrays[2].assign(Double.NaN);
            Matrix left = Matrix.of(arrays[0]);
            kernels.multiply(0.01, left, Matrix.of(arrays[1]).t(), 0, Matrix.of(arrays[2]));
            kernels.multiply(0.01, Matrix.of(arrays[2]), Matrix.of(arrays[1]), 1, left);
          },
          new long[] {rows, 800},
          new long[] {1300, 800},
          new long[] {rows, 1300});
    }
  }

  @Test
  void copiesAdditionsAndNorms() {
    for (Norm norm : Norm.values()) {
      assertEqual(
          (kernels, arrays) -> {
            kernels.copy(
                Matrix.of(arrays[0]).rows(1, 2).columns(1, 3),
                Matrix.of(arrays[1]).rows(2, 2).columns(5, 3));
            kernels.normalize(arrays[0], new RowNorm(norm, 0.1, arrays[2], arrays[3]), arrays[4]);
            kernels.normalize(arrays[4], new RowNorm(norm, 0.1, arrays[2], null), arrays[5]);
            kernels.addRow(arrays[2], arrays[0]);
            kernels.add(arrays[4], arrays[0]);
            kernels.maskUnread(arrays[0], new int[] {6, 2});
          },
          SHAPE,
          SHAPE,
          new long[] {8},
          new long[] {8},
          SHAPE,
          SHAPE);
    }
  }

  @Test
  void sumsAndRows() {
    int[] ids = {5, 0, 5, 2};
    assertEqual(
        (kernels, arrays) -> {
          kernels.addColumnSums(arrays[0], 2, 1, arrays[1]);
          kernels.addColumnSums(arrays[0], 1, 0, arrays[2]);
          kernels.gather(arrays[0], ids, arrays[3]);
          kernels.scatterAdd(arrays[3], ids, arrays[0]);
        },
        SHAPE,
        new long[] {8},
        new long[] {8},
        new long[] {4, 8});
  }

  @Test
  void rotationsTransposesAndMasks() {
    RotaryTable partly =
        new RotaryTable(10, 8, new Positions.Rotary(100, 0.5, new Positions.Scaling.None()));
    RotaryTable angles = new RotaryTable(10, 4, new Positions.Rotary(100));
    assertEqual(
        (kernels, arrays) -> {
          kernels.rotate(arrays[0], 1, new int[] {0, 1, 2, 7, 8, 9}, angles, 1);
          kernels.rotate(arrays[0], 2, new int[] {3, 1, 2, 7, 8, 9}, angles, -1);
          kernels.rotate(arrays[0], 1, new int[] {4, 1, 2, 7, 8, 9}, partly, 1);
          kernels.transposeRows(arrays[0], 2, arrays[1]);
          kernels.maskFuture(arrays[2]);
        },
        SHAPE,
        SHAPE,
        new long[] {2, 3, 3});
  }

  @Test
  void labelsNormsAndCopies() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      for (Kernels kernels : new Kernels[] {new CpuKernels(), new PortableKernels()}) {
        INDArray p = Nd4j.createFromArray(new float[][] {{0.25f, 0.5f}, {1, 2}}).castTo(type);
        double[] picked = new double[2];
        kernels.subtractLabels(p, new int[] {1, 0}, picked);
        assertThat(picked).containsExactly(0.5, 1);
        float[] left = new float[3];
        kernels.read(p.reshape(4), 1, FloatBuffer.wrap(left));
        assertThat(left).containsExactly(-0.5f, 0, 2);
        kernels.write(p.reshape(4), 2, FloatBuffer.wrap(new float[] {3, 4}));
        assertThat(kernels.sumOfSquares(p.reshape(4), 1, 4)).isCloseTo(25.25, within(1e-9));
      }
    }
  }
}
