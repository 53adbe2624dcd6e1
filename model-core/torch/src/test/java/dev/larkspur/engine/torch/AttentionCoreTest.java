package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.Device;
import dev.larkspur.engine.torch.AttentionCore.CorePass;
import dev.larkspur.engine.torch.AttentionCore.Gradients;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hand-written attention of CPUs and LibTorch's, which GPUs use, agree. */
class AttentionCoreTest {
  private static final int SEQUENCES = 2;
  private static final int HEAD_DIM = 4;

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "4, 4, 130", "4, 2, 600"})
  void outputsAndGradientsAgree(int queryHeads, int kvHeads, int length) {
    TorchDevice device = TorchDevice.open(Device.cpu(1));
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGrad = new NoGradGuard()) {
      Tensor q = random(device, queryHeads, length);
      Tensor k = random(device, kvHeads, length);
      Tensor v = random(device, kvHeads, length);
      Tensor gradient = random(device, queryHeads, length);
      List<double[]> batched = results(new BatchedAttention(), q, k, v, gradient);
      List<double[]> fused = results(new FusedAttention(), q, k, v, gradient);
      for (int result = 0; result < fused.size(); result++) {
        assertThat(batched.get(result)).containsExactly(fused.get(result), within(1e-12));
      }
    }
  }

  /** Output, and the gradients of q, k and v. */
  private static List<double[]> results(
      AttentionCore core, Tensor q, Tensor k, Tensor v, Tensor gradient) {
    try (SavedTensors saved = SavedTensors.open()) {
      CorePass pass = core.pass(q, k, v, saved);
      Gradients gradients = pass.gradients().apply(gradient);
      List<double[]> results = new ArrayList<>();
      for (Tensor tensor : List.of(pass.output(), gradients.q(), gradients.k(), gradients.v())) {
        double[] values = new double[Math.toIntExact(tensor.numel())];
        tensor.contiguous().data_ptr_double().get(values);
        results.add(values);
      }
      return results;
    }
  }

  private static Tensor random(TorchDevice device, int heads, int length) {
    return device.zeros(ScalarType.Double, SEQUENCES, heads, length, HEAD_DIM).normal_().clone();
  }
}
