package dev.larkspur.engine.torch;

import dev.larkspur.engine.DecodingLimits;
import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.Precision;
import dev.larkspur.engine.torch.KeyValueCache.DecodingStep;
import dev.larkspur.model.ModelConfig;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Decoding with the parameters of a {@link TorchReplica}. */
final class TorchDecoding implements DecodingSession {
  private final ModelConfig config;
  private final TorchDevice device;
  private final int sequences;
  private final int room;
  private final PointerScope memory;
  private final Embedding embedding;

  /** [vocabulary, hidden]. */
  private final WeightMatrix head;

  private final Decoder decoder;
  private final List<KeyValueCache> caches = new ArrayList<>();

  /** Number of tokens of each row. */
  private int[] lengths = new int[0];

  TorchDecoding(
      ModelConfig config,
      TorchDevice device,
      Precision precision,
      Weights trained,
      int sequences,
      int room,
      FactorMerge merge) {
    this.config = config;
    this.device = device;
    this.sequences = sequences;
    this.room = room;
    this.memory = new PointerScope().extend();
    // Extended: closing it here only stops it from collecting new pointers.
    try (memory;
        NoGradGuard noGrad = new NoGradGuard()) {
      ScalarType full = precision == Precision.FP64 ? ScalarType.Double : ScalarType.Float;
      ScalarType matrices = precision == Precision.BF16 ? ScalarType.BFloat16 : full;
      Weights weights = trained.frozen(matrices, device);
      weights.merge(merge, device);
      embedding = new Embedding(trained);
      head = weights.matrix(LanguageModelHead.matrixName(weights));
      decoder = new Decoder(config, device, full, weights, new PartTimer(device));
      // On CPUs small products are faster in fp32.
      ScalarType cached = device.isCpu() ? full : matrices;
      for (int layer = 0; layer < config.layers(); layer++) {
        caches.add(
            new KeyValueCache(
                device,
                cached,
                sequences,
                config.attention().kvHeads(),
                room,
                config.attention().headDim()));
      }
    } catch (RuntimeException e) {
      memory.close();
      throw NativeFailures.allocating(
          e,
          "no memory for the keys and values of %d sequences of %d tokens on %s: decode fewer at a time, or fewer tokens"
              .formatted(sequences, room, device.device()));
    }
  }

  /** Sets the weights of guides. */
  void guide(double[] weights) {
    decoder.guide(weights);
  }

  @Override
  public int rows() {
    return lengths.length;
  }

  @Override
  public int length(int row) {
    return lengths[row];
  }

  @Override
  public float[][] begin(List<int[]> prompts) {
    new DecodingLimits(sequences, room).requirePrompts(prompts);
    int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
    int[] padded = new int[prompts.size() * longest];
    long[] last = new long[prompts.size()];
    lengths = new int[prompts.size()];
    for (int row = 0; row < lengths.length; row++) {
      int[] prompt = prompts.get(row);
      lengths[row] = prompt.length;
      last[row] = (long) row * longest + prompt.length - 1;
      // Padding after a shorter prompt is not visible to its tokens.
      System.arraycopy(prompt, 0, padded, row * longest, prompt.length);
    }
    try (PointerScope scope = new PointerScope();
        InferenceMode inference = new InferenceMode(true)) {
      Tensor states =
          decoder.begin(
              rows(embedding.apply(device.put(Tensor.create(padded, lengths.length, longest)))),
              lengths.length,
              caches);
      return logits(states.index_select(0, device.put(Tensor.create(last))));
    }
  }

  @Override
  public float[][] next(int[] tokens) {
    new DecodingLimits(sequences, room).requireNext(tokens, lengths);
    try (PointerScope scope = new PointerScope();
        InferenceMode inference = new InferenceMode(true);
        OneDnn excluded = tokens.length == 1 && device.isCpu() ? OneDnn.excluded() : null) {
      DecodingStep step = DecodingStep.after(lengths, device);
      Tensor ids = device.put(Tensor.create(tokens, tokens.length, 1));
      Tensor states = decoder.next(rows(embedding.apply(ids, step.positions())), caches, step);
      float[][] logits = logits(states);
      Arrays.setAll(lengths, row -> lengths[row] + 1);
      return logits;
    }
  }

  @Override
  public void keep(int[] rows) {
    new DecodingLimits(sequences, room).requireRows(rows, lengths.length);
    int longest = Arrays.stream(lengths).max().orElse(0);
    try (PointerScope scope = new PointerScope();
        InferenceMode inference = new InferenceMode(true)) {
      Tensor kept = device.put(Tensor.create(Arrays.stream(rows).asLongStream().toArray()));
      caches.forEach(cache -> cache.keep(kept, longest));
    }
    lengths = Arrays.stream(rows).map(row -> lengths[row]).toArray();
  }

  /** [sequences, length, hidden] to [sequences · length, hidden] */
  private Tensor rows(Tensor embedded) {
    return embedded.view(-1, config.hiddenDim());
  }

  /** Logits of states [rows, hidden]. */
  private float[][] logits(Tensor states) {
    float[][] scores = new float[Math.toIntExact(states.size(0))][config.vocabulary()];
    Tensor h = states.to(head.value().scalar_type());
    TorchVector all = new TorchVector(head.multiply(h).view(-1));
    for (int row = 0; row < scores.length; row++) {
      all.read((long) row * config.vocabulary(), FloatBuffer.wrap(scores[row]));
    }
    return scores;
  }

  @Override
  public void close() {
    memory.close();
  }
}
