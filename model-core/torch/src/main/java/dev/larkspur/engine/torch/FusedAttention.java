package dev.larkspur.engine.torch;

import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** LibTorch's fused attention and its gradient, for GPUs: flash attention where it applies. */
final class FusedAttention implements AttentionCore {

  @Override
  public CorePass pass(Tensor q, Tensor k, Tensor v, SavedTensors saved) {
    try (AutoGradMode graph = new AutoGradMode(saved != SavedTensors.NONE)) {
      Tensor queries = saved.save(leaf(q));
      Tensor keys = saved.save(leaf(k));
      Tensor values = saved.save(leaf(v));
      Tensor output =
          saved.save(
              torch.scaled_dot_product_attention(
                  queries,
                  keys,
                  values,
                  new TensorOptional(),
                  0.0,
                  true,
                  new DoubleOptional(1.0),
                  q.size(1) != k.size(1)));
      return new CorePass(
          output.detach(),
          gradient -> {
            output.backward(gradient, new BoolOptional(false), false, new TensorArrayRefOptional());
            return new Gradients(queries.grad(), keys.grad(), values.grad());
          });
    }
  }

  private static Tensor leaf(Tensor tensor) {
    Tensor leaf = tensor.detach();
    leaf.set_requires_grad(true);
    return leaf;
  }
}
