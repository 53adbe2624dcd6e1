package dev.larkspur.engine.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.larkspur.engine.DecodingSession.FactorMerge;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MergeCrossoverTest {

  @Test
  void theFewerWeightsFactorsSaveTheMoreTokensAreMerged() {
    // Of 1024 x 256 weights, 81,920 stay at rank 64.
    assertThat(tokens(FactorMerge.AUTO, array(1024, 64), array(64, 256), 1024 * 256)).isZero();
    long few = tokens(FactorMerge.AUTO, array(256, 32), array(32, 64), 256 * 64);
    long fewer = tokens(FactorMerge.AUTO, array(256, 48), array(48, 64), 256 * 64);
    assertThat(few).isEqualTo(15_000 / 6_144);
    assertThat(fewer).isEqualTo(15_000 / 1_024);
    // A rank so high that the factors have more weights than the matrix.
    assertThat(tokens(FactorMerge.AUTO, array(256, 60), array(60, 64), 256 * 64))
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void blocksCostMoreCallsThanLowRank() {
    INDArray blocks = array(2, 16, 32);
    assertThat(tokens(FactorMerge.AUTO, array(256, 32), blocks, 256 * 64))
        .isEqualTo(40_000 / 7_168);
    assertThat(tokens(FactorMerge.AUTO, array(2, 128, 16), blocks, 256 * 64))
        .isEqualTo(80_000 / 11_264);
  }

  @Test
  void whatIsAskedForIsDone() {
    INDArray u = array(1024, 64);
    INDArray v = array(64, 256);
    assertThat(tokens(FactorMerge.ALWAYS, u, v, 1024 * 256)).isEqualTo(Long.MAX_VALUE);
    assertThat(tokens(FactorMerge.NEVER, u, v, 1)).isZero();
  }

  private static long tokens(FactorMerge merge, INDArray u, INDArray v, long dense) {
    return MergeCrossover.tokens(merge, u, v, dense);
  }

  private static INDArray array(long... shape) {
    return Nd4j.create(DataType.FLOAT, shape);
  }
}
