package dev.larkspur.engine.torch;

import java.util.function.BiConsumer;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A sum whose values travel as bfloat16. The vector is cut into one piece for each rank; every rank
 * gets everybody's version of its piece, adds them in fp32 in the order of the ranks, and sends the
 * rounded sum to all. As many bytes as a ring in bfloat16, but two roundings however many ranks
 * there are. Each rank also takes its own piece rounded, so the result does not depend on who sums
 * what, and all have the same bits.
 *
 * @param allToAll sends piece r of the second tensor to rank r, and writes what came from rank r to
 *     piece r of the first; bytes
 * @param allGather writes every rank's second tensor to the first, one after the other; bytes
 */
record Bf16Sum(
    int worldSize, BiConsumer<Tensor, Tensor> allToAll, BiConsumer<Tensor, Tensor> allGather) {

  /** Replaces a vector of fp32 values, [length], by its sum. */
  void replace(Tensor vector) {
    long length = vector.numel();
    long piece = (length + worldSize - 1) / worldSize;
    Tensor sent =
        torch.zeros(
            new long[] {piece * worldSize},
            vector.options().dtype(new ScalarTypeOptional(ScalarType.BFloat16)));
    Tensor values = sent.narrow(0, 0, length);
    values.copy_(vector);
    Tensor received = torch.empty_like(sent);
    allToAll.accept(bytes(received), bytes(sent));

    Tensor sum = received.narrow(0, 0, piece).to(ScalarType.Float);
    for (int rank = 1; rank < worldSize; rank++) {
      sum.add_(received.narrow(0, rank * piece, piece));
    }
    allGather.accept(bytes(sent), bytes(sum.to(ScalarType.BFloat16)));
    vector.copy_(values);
  }

  /** Gloo knows bytes for every operation, but bfloat16 not. */
  private static Tensor bytes(Tensor values) {
    return values.view(ScalarType.Byte);
  }
}
