package dev.larkspur.engine.torch;

import dev.larkspur.model.ModelConfig;

import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;

/** One pre-norm layer: x + attention(norm(x)), then x + ffn(norm(x)). */
final class DecoderLayer {
  private final Norm attentionNorm;
  private final Attention attention;
  private final Norm ffnNorm;
  private final FeedForward ffn;

  DecoderLayer(
      ModelConfig config,
      TorchDevice device,
      HeadPositions positions,
      Weights weights,
      String name) {
    attentionNorm = Norm.of(weights, name + ".attention.norm", config.variant());
    attention = new Attention(config.attention(), device, positions, weights, name + ".attention");
    ffnNorm = Norm.of(weights, name + ".ffn.norm", config.variant());
    ffn = FeedForward.of(weights, name + ".ffn");
  }

  FeedForward ffn() {
    return ffn;
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
    return attended.add(ffn.apply(ffnNorm.apply(attended)));
  }
}
