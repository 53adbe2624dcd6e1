package dev.larkspur.engine.dl4j;

import dev.larkspur.engine.TokenBatch;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Token ids as ND4J's arrays of 32-bit integers, and back. */
public final class TokenIds {
  private TokenIds() {}

  /** All ids of an array, row by row. */
  static int[] of(INDArray array) {
    return array.reshape(array.length()).toIntVector();
  }

  /** Inputs and labels of a batch, [sequences, context] each. */
  public static DataSet dataSet(TokenBatch batch) {
    return new DataSet(shifted(batch, 0), shifted(batch, 1));
  }

  private static INDArray shifted(TokenBatch batch, int by) {
    int[][] ids = new int[batch.sequences()][batch.context()];
    for (int sequence = 0; sequence < ids.length; sequence++) {
      System.arraycopy(batch.ids(), batch.offset(sequence) + by, ids[sequence], 0, batch.context());
    }
    return Nd4j.createFromArray(ids);
  }

  /** Checks ids before they index raw memory. */
  static void requireBelow(long vocabulary, int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= vocabulary) {
        throw new IllegalArgumentException(
            "token id %d: the vocabulary has %d entries".formatted(id, vocabulary));
      }
    }
  }
}
