package dev.larkspur.engine.torch;

import dev.larkspur.model.ModelConfig;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** One pre-norm layer: x + attention(norm(x)), then x + ffn(norm(x)). */
final class DecoderLayer {
  private final LayerNorm attentionNorm;
  private final Attention attention;
  private final LayerNorm ffnNorm;
  private final Projection up;
  private final Projection down;

  DecoderLayer(
      ModelConfig config,
      TorchDevice device,
      RotaryEmbedding rotary,
      Weights weights,
      String name) {
    attentionNorm = new LayerNorm(weights, name + ".attention.norm", config.normEpsilon());
    attention = new Attention(config.attention(), device, rotary, weights, name + ".attention");
    ffnNorm = new LayerNorm(weights, name + ".ffn.norm", config.normEpsilon());
    up = Projection.of(weights, name + ".ffn.up");
    down = Projection.of(weights, name + ".ffn.down");
  }

  /** x and result: [sequences, length, hidden]. */
  Tensor apply(Tensor x) {
    return apply(x, Attention::apply);
  }

  /**
   * The same with attention called in another way.
   *
   * @param call attention and its input to its output
   */
  Tensor apply(Tensor x, BiFunction<Attention, Tensor, Tensor> call) {
    Tensor attended = x.add(call.apply(attention, attentionNorm.apply(x)));
    return attended.add(down.apply(torch.gelu(up.apply(ffnNorm.apply(attended)))));
  }
}
