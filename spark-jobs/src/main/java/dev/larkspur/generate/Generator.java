package dev.larkspur.generate;

import dev.larkspur.engine.Replica;
import dev.larkspur.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Continues a prompt token by token, until the model ends the text or enough are drawn. */
public final class Generator {
  private final Replica replica;
  private final int context;
  private final Tokenizer tokenizer;

  /**
   * @param replica with the trained parameters
   * @param context most tokens that the model reads; of a longer text it reads the end
   */
  public Generator(Replica replica, int context, Tokenizer tokenizer) {
    this.replica = replica;
    this.context = context;
    this.tokenizer = tokenizer;
  }

  /**
   * Continues a prompt.
   *
   * @param prompt may be empty: then the text begins as documents do
   * @param text receives the continuation piece by piece
   */
  public void generate(String prompt, GenerationSettings settings, Consumer<String> text) {
    Sampler sampler =
        settings.temperature() == 0
            ? Samplers::greedy
            : Samplers.topK(
                settings.temperature(), settings.topK(), new SplittableRandom(settings.seed()));
    int[] encoded = tokenizer.encode(prompt);
    // Documents follow an end-of-text, so that is what a document's first token has seen.
    int[] ids = new int[1 + encoded.length + settings.tokens()];
    ids[0] = tokenizer.endOfText();
    System.arraycopy(encoded, 0, ids, 1, encoded.length);
    int length = 1 + encoded.length;
    Utf8Stream utf8 = new Utf8Stream();
    while (length < ids.length) {
      int[] seen = Arrays.copyOfRange(ids, Math.max(0, length - context), length);
      // A model may have more entries than its tokenizer, to pad its matrix.
      float[] logits = Arrays.copyOf(replica.nextTokenLogits(seen), tokenizer.vocabulary());
      int next = sampler.sample(logits);
      if (next == tokenizer.endOfText()) {
        break;
      }
      ids[length++] = next;
      text.accept(utf8.add(tokenizer.bytes(next)));
    }
    text.accept(utf8.finish());
  }
}
