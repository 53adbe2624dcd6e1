package dev.larkspur.train.worker;

import dev.larkspur.collective.Collective;
import dev.larkspur.tensor.FlatVector;
import dev.larkspur.train.TrainingException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

/** Checks that all replicas are still the same. */
public final class ParameterChecksum {
  /** A quarter of a MB, which is still in the cache when it is read again. */
  private static final int CHUNK = 1 << 16;

  private ParameterChecksum() {}

  /** CRC-32C of all parameters. */
  public static long of(FlatVector parameters) {
    CRC32C crc = new CRC32C();
    byte[] bytes = new byte[CHUNK * Float.BYTES];
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < parameters.length(); ) {
      int size = (int) Math.min(CHUNK, parameters.length() - done);
      parameters.read(done, view.asFloatBuffer().limit(size));
      crc.update(bytes, 0, size * Float.BYTES);
      done += size;
    }
    return crc.getValue();
  }

  /**
   * Compares all ranks.
   *
   * @param hosts where each rank is
   * @return the common checksum
   * @throws TrainingException on every rank if they differ
   */
  public static long agreed(
      FlatVector parameters, Collective peers, long step, List<String> hosts) {
    double[] checksums = new double[peers.worldSize()];
    checksums[peers.rank()] = of(parameters);
    peers.allReduceSum(checksums);
    for (int rank = 1; rank < checksums.length; rank++) {
      if (checksums[rank] != checksums[0]) {
        throw new TrainingException(
            "after step %d worker %d (%s) has other parameters than worker 0 (%s): one of the two machines computes wrongly, or their CPUs are of different kinds. "
                    .formatted(step, rank, hosts.get(rank), hosts.get(0))
                + "Take it out of the cluster and start again; the run resumes from its last"
                + " checkpoint");
      }
    }
    return (long) checksums[0];
  }
}
