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
    // Documents follow an end-of-text, so that is what a document's first token has seen.
    int[] seen = {tokenizer.endOfText()};
    for (int id : tokenizer.encode(prompt)) {
      seen = appended(seen, id);
    }
    Utf8Stream utf8 = new Utf8Stream();
    for (int drawn = 0; drawn < settings.tokens(); drawn++) {
      // A model may have more entries than its tokenizer, to pad its matrix.
      float[] logits = Arrays.copyOf(replica.nextTokenLogits(seen), tokenizer.vocabulary());
      int next = sampler.sample(logits);
      if (next == tokenizer.endOfText()) {
        break;
      }
      seen = appended(seen, next);
      text.accept(utf8.add(tokenizer.bytes(next)));
    }
    text.accept(utf8.finish());
  }

  /** One token more, the first gone where the model reads no further back. */
  private int[] appended(int[] seen, int id) {
    int[] ids = Arrays.copyOfRange(seen, seen.length < context ? 0 : 1, seen.length + 1);
    ids[ids.length - 1] = id;
    return ids;
  }
}
