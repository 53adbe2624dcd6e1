package dev.larkspur.engine.torch;

import dev.larkspur.model.AttentionConfig;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Causal grouped-query self-attention with rotary positions. */
final class Attention {
  private final AttentionConfig config;
  private final TorchDevice device;
  private final RotaryEmbedding rotary;
  private final Projection qkv;
  private final Projection out;

  Attention(
      AttentionConfig config,
      TorchDevice device,
      RotaryEmbedding rotary,
      Weights weights,
      String name) {
    this.config = config;
    this.device = device;
    this.rotary = rotary;
    this.qkv = Projection.of(weights, name + ".qkv");
    this.out = Projection.of(weights, name + ".out");
  }

  /** x and result: [sequences, length, hidden]. */
  Tensor apply(Tensor x) {
    long sequences = x.size(0);
    long length = x.size(1);
    int queries = config.queryHeads();
    int keys = config.kvHeads();
    // [sequences, length, queryHeads + 2 kvHeads, headDim]
    Tensor heads = qkv.apply(x).view(sequences, length, queries + 2L * keys, config.headDim());
    Tensor turned = rotary.apply(heads.narrow(2, 0, queries + (long) keys));
    Tensor q = turned.narrow(2, 0, queries);
    Tensor k = turned.narrow(2, queries, keys);
    Tensor v = heads.narrow(2, queries + (long) keys, keys);
    Tensor mixed = attend(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2));
    return out.apply(mixed.transpose(1, 2).reshape(sequences, length, config.dim()));
  }

  /** q [sequences, queryHeads, length, headDim], k and v [sequences, kvHeads, length, headDim]. */
  private Tensor attend(Tensor q, Tensor k, Tensor v) {
    if (!device.isCpu() || v.scalar_type().intern() != ScalarType.BFloat16) {
      return scaledDotProduct(q, k, v.to(q.scalar_type()));
    }
    // bf16 on a CPU: its small batched products are twice as slow as in fp32, so attention stays
    // out of autocast.
    try (Autocast off = Autocast.off(device.type())) {
      return scaledDotProduct(q, k, v.to(ScalarType.Float));
    }
  }

  private Tensor scaledDotProduct(Tensor q, Tensor k, Tensor v) {
    return torch.scaled_dot_product_attention(
        q,
        k,
        v,
        new TensorOptional(),
        0.0,
        true,
        new DoubleOptional(),
        config.queryHeads() != config.kvHeads());
  }
}
