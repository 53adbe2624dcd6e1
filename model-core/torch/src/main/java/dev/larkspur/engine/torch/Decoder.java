package dev.larkspur.engine.torch;

import dev.larkspur.engine.ActivationCheckpointing;
import dev.larkspur.engine.StepPart;
import dev.larkspur.engine.torch.KeyValueCache.DecodingStep;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Positions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The decoder between embedding and head: all layers and the final norm. */
final class Decoder {
  private final List<DecoderLayer> layers = new ArrayList<>();
  private final HeadPositions positions;
  private final Normalization norm;
  private final PartTimer timer;
  private ActivationCheckpointing checkpointing = ActivationCheckpointing.NONE;

  Decoder(
      ModelConfig config,
      TorchDevice device,
      ScalarType scalarType,
      Weights weights,
      PartTimer timer) {
    this.timer = timer;
    positions = positions(config, device, scalarType);
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(new DecoderLayer(config, device, positions, weights, "layers." + layer, timer));
    }
    norm = Normalization.of(weights, "norm", config.variant());
  }

  private static HeadPositions positions(
      ModelConfig config, TorchDevice device, ScalarType scalarType) {
    return config.variant().positions() instanceof Positions.Rotary rotary
        ? new RotaryEmbedding(
            device, scalarType, config.context(), config.attention().headDim(), rotary)
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

  /** Sets what passes keep from now on. */
  void activationCheckpointing(ActivationCheckpointing given) {
    checkpointing = given;
  }

  /** Gives all guides their initial values. */
  void startGuides() {
    layers.forEach(layer -> layer.ffn().startGuides());
  }

  /**
   * Runs the decoder forward.
   *
   * @param embedded tokens, [sequences · length, hidden], in the type of the parameters
   */
  DecoderPass pass(Tensor embedded, long sequences) {
    DecoderPass pass = new DecoderPass(embedded);
    try {
      for (DecoderLayer layer : layers) {
        BiFunction<Tensor, SavedTensors, Pass> part = (x, saved) -> layer.pass(x, sequences, saved);
        pass.through(checkpointing == ActivationCheckpointing.LAYERS ? computedAgain(part) : part);
      }
      pass.through((x, saved) -> norm.pass(x, x.scalar_type().intern(), saved));
    } catch (RuntimeException e) {
      pass.close();
      throw e;
    }
    return pass;
  }

  /** Keeps the input only; the backward pass runs the part forward again. */
  private static BiFunction<Tensor, SavedTensors, Pass> computedAgain(
      BiFunction<Tensor, SavedTensors, Pass> part) {
    return (x, saved) -> {
      Tensor input = saved.save(x);
      return new Pass(
          part.apply(x, SavedTensors.NONE).output(),
          gradient -> {
            try (SavedTensors again = SavedTensors.open()) {
              return part.apply(input, again).backward(gradient);
            }
          });
    };
  }

  /**
   * The output of {@link #pass} alone.
   *
   * @param embedded [sequences · length, hidden], as is the result
   */
  Tensor apply(Tensor embedded, long sequences) {
    Tensor x = embedded;
    SavedTensors held = SavedTensors.NONE;
    try {
      for (DecoderLayer layer : layers) {
        SavedTensors result = SavedTensors.open();
        try (PointerScope temporaries = new PointerScope()) {
          x = result.save(layer.pass(x, sequences, SavedTensors.NONE).output());
        }
        held.close();
        held = result;
      }
      return norm.pass(x, x.scalar_type().intern(), SavedTensors.NONE).output();
    } finally {
      held.close();
    }
  }

  /**
   * The same for prompts, whose keys and values are cached.
   *
   * @param states embedded tokens, [sequences · length, hidden]; replaced
   * @param caches by layer
   */
  Tensor begin(Tensor states, long sequences, List<KeyValueCache> caches) {
    for (int layer = 0; layer < layers.size(); layer++) {
      KeyValueCache cache = caches.get(layer);
      layers
          .get(layer)
          .decode(states, (attention, normed) -> attention.begin(normed, sequences, cache));
    }
    return norm.apply(states, states.scalar_type().intern());
  }

  /** The same for the next token of each sequence: states and result [sequences, hidden]. */
  Tensor next(Tensor states, List<KeyValueCache> caches, DecodingStep step) {
    UnaryOperator<Tensor> encoded = positions.at(step.positions());
    for (int layer = 0; layer < layers.size(); layer++) {
      KeyValueCache cache = caches.get(layer);
      layers
          .get(layer)
          .decode(states, (attention, normed) -> attention.next(normed, cache, step, encoded));
    }
    return norm.apply(states, states.scalar_type().intern());
  }

  /**
   * One pre-norm layer: x + attention(norm(x)), then x + ffn(norm(x)); or, with a parallel
   * residual, x + attention(norm(x)) + ffn(norm(x)).
   */
  private static final class DecoderLayer {
    private final Normalization attentionNorm;
    private final Attention attention;
    private final Normalization ffnNorm;
    private final FeedForward ffn;
    private final boolean parallel;
    private final ScalarType type;
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
      parallel = config.variant().residual() == Residual.PARALLEL;
      type = weights.type();
    }

    FeedForward ffn() {
      return ffn;
    }

    /**
     * The layer with its backward pass, which replaces the gradient given to it.
     *
     * @param x [sequences · length, hidden], in the type of the parameters, as is the output
     */
    Pass pass(Tensor x, long sequences, SavedTensors saved) {
      Pass attentionInput = attentionNorm.pass(x, type, saved);
      Pass attended = attention.pass(attentionInput.output(), sequences, saved);
      Tensor middle = x.add(attended.output());
      timer.ended(StepPart.ATTENTION);
      Pass ffnInput = ffnNorm.pass(parallel ? x : middle, type, saved);
      Pass transformed = ffn.pass(ffnInput.output(), saved);
      Tensor output = middle.add(transformed.output());
      timer.ended(StepPart.FFN);
      return new Pass(
          output,
          gradient -> {
            Tensor ofFfn = ffnInput.backward(transformed.backward(gradient.to(type)));
            if (!parallel) {
              gradient.add_(ofFfn);
            }
            timer.ended(StepPart.FFN_BACKWARD);
            Tensor ofAttention = attentionInput.backward(attended.backward(gradient.to(type)));
            gradient.add_(ofAttention);
            if (parallel) {
              gradient.add_(ofFfn);
            }
            timer.ended(StepPart.ATTENTION_BACKWARD);
            return gradient;
          });
    }

    /**
     * The layer without a gradient.
     *
     * @param x [tokens, hidden], in the type of the parameters; replaced by the output
     * @param call computes the output of attention from its input
     */
    void decode(Tensor x, BiFunction<Attention, Tensor, Tensor> call) {
      Tensor attended = call.apply(attention, attentionNorm.apply(x, type));
      if (!parallel) {
        x.add_(attended);
      }
      Tensor transformed = ffn.pass(ffnNorm.apply(x, type), SavedTensors.NONE).output();
      if (parallel) {
        x.add_(attended);
      }
      x.add_(transformed);
    }
  }

  /** A forward pass through the layers, and its backward pass layer by layer, last to first. */
  final class DecoderPass implements AutoCloseable {
    private final List<Pass> passes = new ArrayList<>();
    private final List<SavedTensors> savedTensors = new ArrayList<>();
    private Tensor states;

    /** Starts with embedded tokens, [sequences · length, hidden]. */
    DecoderPass(Tensor embedded) {
      states = embedded;
    }

    /** Applies the next part. */
    void through(BiFunction<Tensor, SavedTensors, Pass> part) {
      SavedTensors saved = SavedTensors.open();
      savedTensors.add(saved);
      try (PointerScope temporaries = new PointerScope()) {
        Pass pass = part.apply(states, saved);
        states = saved.save(pass.output());
        passes.add(pass);
      }
    }

    /** The output of the last part, [sequences · length, hidden]. */
    Tensor output() {
      return states;
    }

    /**
     * Adds the gradients of all parameters of the decoder.
     *
     * @param gradient with respect to {@link #output}; replaced by that with respect to the input
     * @param completed called after each layer with its number, last to first
     */
    void backward(Tensor gradient, IntConsumer completed) {
      int layers = passes.size() - 1;
      for (int part = layers; part >= 0; part--) {
        try (PointerScope temporaries = new PointerScope()) {
          gradient.copy_(passes.get(part).backward(gradient));
        }
        savedTensors.get(part).close();
        if (part < layers) {
          completed.accept(part);
        } else {
          timer.ended(StepPart.HEAD);
        }
      }
    }

    @Override
    public void close() {
      savedTensors.forEach(SavedTensors::close);
    }
  }
}
