package dev.larkspur.engine.dl4j;

import dev.larkspur.model.DecoderVariant;
import dev.larkspur.model.DecoderVariant.Residual;
import dev.larkspur.model.ModelConfig;
import dev.larkspur.model.Positions;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The decoder with a key-value cache and without a backward pass. All layers share one scratch
 * memory.
 */
final class CachedDecoder implements AutoCloseable {
  private final ModelConfig config;
  private final Views views;
  private final Pass pass;
  private final CachedAttention attention;
  private final List<CachedLayer> layers = new ArrayList<>();
  private final Normalization norm;

  CachedDecoder(ModelConfig config, DecodingViews views, Pass pass, int sequences, int maxLength) {
    this.config = config;
    this.views = views;
    this.pass = pass;
    this.attention = new CachedAttention(config.attention(), rotary(), pass);
    try {
      for (int layer = 0; layer < config.layers(); layer++) {
        KeyValueCache cache =
            new KeyValueCache(
                config.attention(), sequences, maxLength, pass.scratch().type(), pass.kernels());
        Views own = views.of("layers." + layer + ".");
        layers.add(new CachedLayer(config.variant(), own, pass, cache));
      }
    } catch (RuntimeException | OutOfMemoryError e) {
      close();
      throw e;
    }
    this.norm = CachedLayer.norm(config.variant(), views, "norm.", pass);
  }

  private RotaryTable rotary() {
    return config.variant().positions() instanceof Positions.Rotary rotary
        ? pass.rotary(config.context(), config.attention().headDim(), rotary)
        : null;
  }

  /** Sets the weight of each layer's guides. */
  void guide(double[] weights) {
    for (int layer = 0; layer < weights.length; layer++) {
      layers.get(layer).guide(weights[layer]);
    }
  }

  /** Copies a sequence of {@code length} tokens to another index. */
  void copy(int from, int to, int length) {
    layers.forEach(layer -> layer.cache().copy(from, to, length));
  }

  /**
   * Reads prompts.
   *
   * @param ids one sequence after the other
   * @param lengths of the sequences
   * @return logits of the next token, [sequences, vocabulary]
   */
  INDArray begin(int[] ids, int[] lengths) {
    int[] positions = new int[ids.length];
    int[] last = new int[lengths.length];
    int token = 0;
    for (int sequence = 0; sequence < lengths.length; sequence++) {
      for (int position = 0; position < lengths[sequence]; position++) {
        positions[token++] = position;
      }
      last[sequence] = token - 1;
    }
    INDArray x = embedded(ids, positions);
    for (CachedLayer layer : layers) {
      layer.apply(x, (qkv, y) -> attention.begin(qkv, lengths, layer.cache(), y));
    }
    INDArray ends = array("decoding.ends", last.length, config.hiddenDim());
    pass.kernels().gather(x, last, ends);
    return logits(ends);
  }

  /**
   * Reads the next token of each sequence.
   *
   * @param positions of the tokens
   * @return logits of the token after it, [sequences, vocabulary]
   */
  INDArray next(int[] ids, int[] positions) {
    INDArray x = embedded(ids, positions);
    for (CachedLayer layer : layers) {
      layer.apply(x, (qkv, y) -> attention.next(qkv, positions, layer.cache(), y));
    }
    return logits(x);
  }

  private INDArray embedded(int[] ids, int[] positions) {
    INDArray x = array("decoding.stream", ids.length, config.hiddenDim());
    pass.kernels().gather(views.value("embedding.weight"), ids, x);
    if (views.has("positions.weight")) {
      INDArray added = array("decoding.change", ids.length, config.hiddenDim());
      pass.kernels().gather(views.value("positions.weight"), positions, added);
      pass.kernels().add(added, x);
    }
    return x;
  }

  /** Computes logits from the last layer's output, [sequences, hidden]. */
  private INDArray logits(INDArray x) {
    INDArray normed = array("decoding.normed", x.size(0), x.size(1));
    norm.apply(x, pass.kernels(), normed);
    INDArray logits = array("decoding.logits", x.size(0), config.vocabulary());
    String head = config.variant().tiedEmbedding() ? "embedding.weight" : "head.weight";
    Matrix matrix = Matrix.of(views.value(head));
    pass.kernels().multiply(1, Matrix.of(normed), matrix.t(), 0, Matrix.of(logits));
    return logits;
  }

  private INDArray array(String name, long rows, long width) {
    return pass.scratch().array(name, rows, width);
  }

  /** Frees the cached keys and values. */
  @Override
  public void close() {
    layers.forEach(layer -> layer.cache().close());
  }

  /** One layer and its cache. */
  private static final class CachedLayer {
    private final Pass pass;
    private final KeyValueCache cache;
    private final Normalization attentionNorm;
    private final Projection qkv;
    private final Projection out;
    private final Normalization ffnNorm;
    private final FeedForward ffn;
    private final boolean parallel;

    CachedLayer(DecoderVariant variant, Views views, Pass pass, KeyValueCache cache) {
      this.pass = pass;
      this.cache = cache;
      this.attentionNorm = norm(variant, views, "attention.norm.", pass);
      this.qkv = new Projection(views, "attention.qkv.", pass, pass.scratch());
      this.out = new Projection(views, "attention.out.", pass, pass.scratch());
      this.ffnNorm = norm(variant, views, "ffn.norm.", pass);
      this.ffn = new FeedForward(views, "ffn.", pass, pass.scratch());
      this.parallel = variant.residual() == Residual.PARALLEL;
    }

    static Normalization norm(DecoderVariant variant, Views views, String prefix, Pass pass) {
      return new Normalization(
          views, prefix, variant.norm(), variant.normEpsilon(), pass.scratch());
    }

    KeyValueCache cache() {
      return cache;
    }

    void guide(double weight) {
      ffn.projections().forEach(projection -> projection.guide(weight));
    }

    /** Adds the layer's branches to the residual stream x, [tokens, hidden]. */
    void apply(INDArray x, Mixing mixing) {
      INDArray normed = pass.scratch().array("decoding.normed", x.size(0), x.size(1));
      INDArray change = pass.scratch().array("decoding.change", x.size(0), x.size(1));
      INDArray heads = pass.scratch().array("decoding.qkv", x.size(0), qkv.out());
      INDArray mixed = pass.scratch().array("decoding.mixed", x.size(0), out.in());
      attentionNorm.apply(x, pass.kernels(), normed);
      qkv.forward(normed, heads);
      mixing.apply(heads, mixed);
      if (parallel) {
        ffnNorm.apply(x, pass.kernels(), normed);
      }
      out.forward(mixed, change);
      pass.kernels().add(change, x);
      if (!parallel) {
        ffnNorm.apply(x, pass.kernels(), normed);
      }
      ffn.forward(normed, change);
      pass.kernels().add(change, x);
    }
  }

  /** Computes attention y [tokens, dim] from queries, keys and values [tokens, dim + 2 · kvDim]. */
  private interface Mixing {
    void apply(INDArray qkv, INDArray y);
  }
}
