package dev.larkspur.engine.torch;

import dev.larkspur.engine.StepPart;
import dev.larkspur.engine.torch.KeyValueCache.DecodingStep;
import dev.larkspur.model.DecoderVariant.Positions;
import dev.larkspur.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The decoder between embedding and head: all layers and the final norm. */
final class Decoder {
  private final List<DecoderLayer> layers = new ArrayList<>();
  private final Normalization norm;
  private final PartTimer timer;

  Decoder(ModelConfig config, TorchDevice device, ScalarType scalarType, Weights weights) {
    timer = new PartTimer(device);
    HeadPositions positions = positions(config, device, scalarType);
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(new DecoderLayer(config, device, positions, weights, "layers." + layer, timer));
    }
    norm = Normalization.of(weights, "norm", config.variant());
  }

  /** The timer of this decoder's parts. */
  PartTimer timer() {
    return timer;
  }

  private static HeadPositions positions(
      ModelConfig config, TorchDevice device, ScalarType scalarType) {
    return config.variant().positions() instanceof Positions.Rotary rotary
        ? new RotaryEmbedding(
            device, scalarType, config.context(), config.attention().headDim(), rotary.base())
        : HeadPositions.NONE;
  }

  /**
   * Sets the weights of guides.
   *
   * @param weights of each layer, [layers]
   */
  void guide(double[] weights) {
    if (weights.length != layers.size()) {
      throw new IllegalArgumentException(
          "%d weights of guides for %d layers".formatted(weights.length, layers.size()));
    }
    for (int layer = 0; layer < weights.length; layer++) {
      layers.get(layer).ffn().guide(weights[layer]);
    }
  }

  /** Gives all guides their initial values. */
  void startGuides() {
    layers.forEach(layer -> layer.ffn().startGuides());
  }

  /**
   * Starts a pass that can be differentiated layer by layer.
   *
   * @param embedded [sequences, length, hidden]
   */
  DecoderPass pass(Tensor embedded) {
    DecoderPass pass = new DecoderPass(embedded, timer);
    for (int layer = 0; layer < layers.size() - 1; layer++) {
      pass.through(layers.get(layer)::apply);
    }
    // Gradients of what follows the last layer are complete before it.
    pass.through(
        x -> {
          Tensor last = layers.get(layers.size() - 1).apply(x);
          return norm.apply(timer.endedByGradientOf(last, StepPart.HEAD)).to(x.scalar_type());
        });
    return pass;
  }

  /** Embedded tokens [sequences, length, hidden] to final states of the same shape. */
  Tensor apply(Tensor embedded) {
    Tensor x = embedded;
    for (DecoderLayer layer : layers) {
      x = layer.apply(x);
    }
    return norm.apply(x);
  }

  /**
   * The same for prompts, whose keys and values are cached.
   *
   * @param caches by layer
   */
  Tensor begin(Tensor embedded, List<KeyValueCache> caches) {
    Tensor x = embedded;
    for (int layer = 0; layer < layers.size(); layer++) {
      KeyValueCache cache = caches.get(layer);
      x = layers.get(layer).apply(x, (attention, normed) -> attention.begin(normed, cache));
    }
    return norm.apply(x);
  }

  /** The same for the next token of each sequence: embedded and result [sequences, 1, hidden]. */
  Tensor next(Tensor embedded, List<KeyValueCache> caches, DecodingStep step) {
    Tensor x = embedded;
    for (int layer = 0; layer < layers.size(); layer++) {
      KeyValueCache cache = caches.get(layer);
      x = layers.get(layer).apply(x, (attention, normed) -> attention.next(normed, cache, step));
    }
    return norm.apply(x);
  }

  /** One pre-norm layer: x + attention(norm(x)), then x + ffn(norm(x)). */
  private static final class DecoderLayer {
    private final Normalization attentionNorm;
    private final Attention attention;
    private final Normalization ffnNorm;
    private final FeedForward ffn;
    private final PartTimer timer;

    DecoderLayer(
        ModelConfig config,
        TorchDevice device,
        HeadPositions positions,
        Weights weights,
        String name,
        PartTimer timer) {
      this.timer = timer;
      attentionNorm = Normalization.of(weights, name + ".attention.norm", config.variant());
      attention =
          new Attention(config.attention(), device, positions, weights, name + ".attention");
      ffnNorm = Normalization.of(weights, name + ".ffn.norm", config.variant());
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
     * The same with another call of attention.
     *
     * @param call computes the output of attention from its input
     */
    Tensor apply(Tensor x, BiFunction<Attention, Tensor, Tensor> call) {
      Tensor attended = x.add(call.apply(attention, attentionNorm.apply(x)));
      timer.ended(StepPart.ATTENTION);
      timer.endedByGradientOf(attended, StepPart.FFN_BACKWARD);
      Tensor result = attended.add(ffn.apply(ffnNorm.apply(attended)));
      timer.ended(StepPart.FFN);
      return result;
    }
  }

  /**
   * A forward pass with one autograd graph per layer, so that the backward pass runs layer by
   * layer, last to first, and reports when the gradient of each is complete. The arithmetic equals
   * that of a single graph.
   */
  static final class DecoderPass {
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private final PartTimer timer;
    private Tensor states;

    /** Starts with embedded tokens, [sequences, length, hidden]. */
    DecoderPass(Tensor embedded, PartTimer timer) {
      states = embedded;
      this.timer = timer;
    }

    /** Applies the next layer. */
    void through(UnaryOperator<Tensor> layer) {
      Tensor input = states.detach();
      input.set_requires_grad(true);
      Tensor output = layer.apply(input);
      inputs.add(input);
      outputs.add(output);
      states = output;
    }

    /** The output of the last layer, [sequences, length, hidden], detached from all graphs. */
    Tensor output() {
      return states.detach();
    }

    /**
     * Adds the gradients of all layers' parameters.
     *
     * @param gradient with respect to {@link #output}
     * @param completed called after each layer with its number, last to first
     * @return the gradient with respect to the input of the pass
     */
    Tensor backward(Tensor gradient, IntConsumer completed) {
      Tensor flowing = gradient;
      for (int layer = outputs.size() - 1; layer >= 0; layer--) {
        outputs
            .get(layer)
            .backward(flowing, new BoolOptional(false), false, new TensorArrayRefOptional());
        flowing = inputs.get(layer).grad();
        timer.ended(StepPart.ATTENTION_BACKWARD);
        completed.accept(layer);
      }
      return flowing;
    }
  }
}
