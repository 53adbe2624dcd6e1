package dev.larkspur.train.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.collective.Collective;
import dev.larkspur.collective.SingleWorker;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.tensor.HeapVector;
import dev.larkspur.train.TrainingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ParameterChecksumTest {
  private static final List<String> HOSTS = List.of("a.example", "b.example");

  @Test
  void coversEveryValueAcrossItsChunks() {
    float[] values = new float[(1 << 20) + 17];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    CRC32C expected = new CRC32C();
    expected.update(bytes);
    assertThat(ParameterChecksum.of(new HeapVector(values))).isEqualTo(expected.getValue());
    values[values.length - 1] += 1;
    assertThat(ParameterChecksum.of(new HeapVector(values))).isNotEqualTo(expected.getValue());
  }

  @Test
  void aWorkerThatDiffersIsNamed() {
    FlatVector mine = new HeapVector(1, 2, 3);
    long other = ParameterChecksum.of(new HeapVector(1, 2, 4));
    assertThatThrownBy(() -> ParameterChecksum.agreed(mine, new TwoWorkers(other), 70, HOSTS))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("after step 70 worker 1 (b.example)");
    assertThat(
            ParameterChecksum.agreed(mine, new TwoWorkers(ParameterChecksum.of(mine)), 70, HOSTS))
        .isEqualTo(ParameterChecksum.of(mine));
    assertThat(ParameterChecksum.agreed(mine, new SingleWorker(), 70, HOSTS))
        .isEqualTo(ParameterChecksum.of(mine));
  }

  /** Rank 0 of two, with a peer whose checksum is given. */
  private record TwoWorkers(double peer) implements Collective {
    @Override
    public int rank() {
      return 0;
    }

    @Override
    public int worldSize() {
      return 2;
    }

    @Override
    public void allReduceSum(FlatVector vector) {}

    @Override
    public void allReduceSum(double[] numbers) {
      numbers[1] += peer;
    }

    @Override
    public void broadcast(FlatVector vector, int root) {}

    @Override
    public int[][] allGather(int[] values) {
      return new int[][] {values, values};
    }

    @Override
    public void barrier() {}

    @Override
    public void close() {}
  }
}
