package dev.larkspur.engine.torch;

import dev.larkspur.engine.StepPart;
import dev.larkspur.model.AttentionConfig;
import dev.larkspur.model.DecoderVariant.Norm;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.FfnConfig.Activation;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Positions;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The decoder in PyTorch's functional operators, for {@link PlainTorchEngine}. It shares no code
 * with {@link Decoder}, so that optimisations of {@code Decoder} do not change it.
 */
final class PlainDecoder {
  private final ModelConfig config;
  private final Map<String, Tensor> parameters;
  private final PartTimer timer;

  /** Cosines and sines of rotary positions, [context, rotated / 2] each; null without them. */
  private Tensor cos;

  private Tensor sin;

  PlainDecoder(
      ModelConfig config,
      TorchDevice device,
      ScalarType scalarType,
      Map<String, Tensor> parameters,
      PartTimer timer) {
    this.config = config;
    this.parameters = parameters;
    this.timer = timer;
    if (config.variant().positions() instanceof Positions.Rotary rotary) {
      double[] each = rotary.frequencies(config.attention().headDim());
      int half = each.length;
      cos = device.zeros(scalarType, config.context(), half);
      sin = device.zeros(scalarType, config.context(), half);
      try (PointerScope scope = new PointerScope()) {
        Tensor frequencies = device.put(Tensor.create(each));
        Tensor positions = device.arange(config.context()).to(ScalarType.Double);
        Tensor angles = torch.outer(positions, frequencies);
        cos.copy_(angles.cos());
        sin.copy_(angles.sin());
      }
    }
  }

  /** Computes logits [sequences, length, vocabulary] from ids [sequences, length]. */
  Tensor logits(Tensor ids) {
    Tensor x = torch.embedding(parameters.get("embedding.weight"), ids);
    if (config.variant().positions() instanceof Positions.Learned) {
      x = x.add(parameters.get("positions.weight").narrow(0, 0, ids.size(1)));
    }
    timer.ended(StepPart.EMBEDDING);
    for (int layer = 0; layer < config.layers(); layer++) {
      String name = "layers." + layer;
      timer.endedByGradientOf(x, StepPart.ATTENTION_BACKWARD);
      Tensor input = x;
      x = x.add(attention(norm(x, name + ".attention.norm"), name + ".attention"));
      timer.ended(StepPart.ATTENTION);
      timer.endedByGradientOf(x, StepPart.FFN_BACKWARD);
      Tensor read = config.variant().residual() == Residual.PARALLEL ? input : x;
      x = x.add(feedForward(norm(read, name + ".ffn.norm"), name + ".ffn"));
      timer.ended(StepPart.FFN);
    }
    timer.endedByGradientOf(x, StepPart.HEAD);
    String head = config.variant().tiedEmbedding() ? "embedding.weight" : "head.weight";
    return torch.linear(norm(x, "norm"), parameters.get(head));
  }

  /** x and result: [sequences, length, hidden]. */
  private Tensor attention(Tensor x, String name) {
    AttentionConfig shape = config.attention();
    TensorVector qkv =
        project(x, name + ".qkv").split(new long[] {shape.dim(), shape.kvDim(), shape.kvDim()}, -1);
    Tensor mixed =
        torch.scaled_dot_product_attention(
            rotated(heads(qkv.get(0), shape.queryHeads())),
            rotated(heads(qkv.get(1), shape.kvHeads())),
            heads(qkv.get(2), shape.kvHeads()),
            new TensorOptional(),
            0.0,
            true,
            new DoubleOptional(),
            shape.queryHeads() != shape.kvHeads());
    Tensor joined = mixed.transpose(1, 2).reshape(x.size(0), x.size(1), shape.dim());
    return project(joined, name + ".out");
  }

  /** Reshapes [sequences, length, heads · headDim] to [sequences, heads, length, headDim]. */
  private Tensor heads(Tensor x, int heads) {
    return x.view(x.size(0), x.size(1), heads, config.attention().headDim()).transpose(1, 2);
  }

  /** Applies rotary positions to x [sequences, heads, length, headDim], in the type of x. */
  private Tensor rotated(Tensor x) {
    if (cos == null) {
      return x;
    }
    Tensor c = cos.narrow(0, 0, x.size(2)).to(x.scalar_type());
    Tensor s = sin.narrow(0, 0, x.size(2)).to(x.scalar_type());
    long half = c.size(1);
    Tensor first = x.narrow(-1, 0, half);
    Tensor second = x.narrow(-1, half, half);
    return torch.cat(
        new TensorVector(
            first.mul(c).sub(second.mul(s)),
            second.mul(c).add(first.mul(s)),
            x.narrow(-1, 2 * half, x.size(3) - 2 * half)),
        -1);
  }

  /** x and result: [sequences, length, hidden]. */
  private Tensor feedForward(Tensor x, String name) {
    Tensor up = project(x, name + ".up");
    Tensor inner =
        config.ffn().activation() == Activation.SWIGLU
            ? torch.silu(project(x, name + ".gate")).mul(up)
            : torch.gelu(up);
    return project(inner, name + ".down");
  }

  /** Projects [..., in] to [..., out] by a matrix or by two factors. */
  private Tensor project(Tensor x, String name) {
    TensorOptional bias = optional(name + ".bias");
    if (parameters.containsKey(name + ".weight")) {
      return torch.linear(x, parameters.get(name + ".weight"), bias);
    }
    Tensor u = parameters.get(name + ".u.weight");
    Tensor v = parameters.get(name + ".v.weight");
    if (v.dim() == 2) {
      return torch.linear(torch.linear(x, v), u, bias);
    }
    Tensor inner = blockProduct(x, v);
    if (u.dim() == 2) {
      return torch.linear(inner.flatten(2, 3), u, bias);
    }
    // Feature i · blocks + b moves to block b, index i, and back after the second product.
    Tensor shuffled = inner.flatten(2, 3).unflatten(2, -1, v.size(0)).transpose(2, 3);
    Tensor y = blockProduct(shuffled.flatten(2, 3), u).transpose(2, 3).flatten(2, 3);
    return bias.has_value() ? y.add(bias.get()) : y;
  }

  /**
   * Multiplies each block of features by its matrix.
   *
   * @param x [sequences, length, in]
   * @param blocks [blocks, out / blocks, in / blocks]
   * @return [sequences, length, blocks, out / blocks]
   */
  private static Tensor blockProduct(Tensor x, Tensor blocks) {
    Tensor features = x.unflatten(2, blocks.size(0), -1);
    return torch.einsum("slbi,boi->slbo", new TensorVector(features, blocks));
  }

  private Tensor norm(Tensor x, String name) {
    Tensor weight = parameters.get(name + ".weight");
    long[] shape = {weight.size(0)};
    double epsilon = config.variant().normEpsilon();
    return config.variant().norm() == Norm.RMS_NORM
        ? torch.rms_norm(x, shape, new TensorOptional(weight), new DoubleOptional(epsilon))
        : torch.layer_norm(
            x, shape, new TensorOptional(weight), optional(name + ".bias"), epsilon, true);
  }

  private TensorOptional optional(String name) {
    return parameters.containsKey(name)
        ? new TensorOptional(parameters.get(name))
        : new TensorOptional();
  }
}
