package dev.larkspur.engine.torch;

import dev.larkspur.collective.GradientProgress;
import dev.larkspur.collective.GradientProgress.Matrix;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.TokenBatch;
import dev.larkspur.model.ParameterTable;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Completes the gradient of an embedding that is also the head in two parts: the head's at the
 * beginning of the backward pass, the rows of the batch's tokens at its end. So nearly all of it
 * can be exchanged meanwhile. On a CPU only: a GPU would have to wait for each row.
 */
final class TiedRows {
  private static final String MATRIX = "embedding.weight";

  /** The size of the matrix; null if it is completed at once. */
  private final Matrix matrix;

  private TiedRows(Matrix matrix) {
    this.matrix = matrix;
  }

  static TiedRows of(ParameterTable table, TorchDevice device, Precision precision) {
    boolean apart =
        device.isCpu()
            && precision != Precision.FP64
            && table.parameters().stream()
                .noneMatch(
                    parameter ->
                        parameter.name().equals("head.weight")
                            || parameter.name().equals("positions.weight"));
    List<Integer> shape = table.parameter(MATRIX).shape();
    return new TiedRows(apart ? new Matrix(shape.get(0), shape.get(1)) : null);
  }

  /** Called when the head has added its gradient; whether {@link #hand} must follow. */
  boolean offer(TokenBatch batch, GradientProgress progress) {
    return matrix != null && progress.completeBut(Math.toIntExact(batch.tokens()), matrix);
  }

  /**
   * Hands over the rows of a batch.
   *
   * @param gradient with respect to the embedded tokens, [sequences, context, hidden]
   */
  static void hand(TokenBatch batch, Tensor gradient, GradientProgress progress) {
    int[] rows = new int[Math.toIntExact(batch.tokens())];
    for (int sequence = 0; sequence < batch.sequences(); sequence++) {
      System.arraycopy(
          batch.ids(), batch.offset(sequence), rows, sequence * batch.context(), batch.context());
    }
    progress.add(rows, new TorchVector(gradient.view(-1)));
  }
}
