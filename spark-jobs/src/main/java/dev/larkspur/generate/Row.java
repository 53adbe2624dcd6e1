package dev.larkspur.generate;

import dev.larkspur.tokenizer.Tokenizer;

import java.util.Arrays;
import java.util.Optional;

/** One text that is being continued. */
final class Row {
  private final int prompt;
  private final int[] ids;
  private final Sampler sampler;
  private final Tokenizer tokenizer;
  private final TextListener listener;
  private final Utf8Stream utf8 = new Utf8Stream();
  private int drawn;

  /**
   * @param prompt its number
   * @param ids of the prompt
   */
  Row(int prompt, int[] ids, Sampler sampler, Tokenizer tokenizer, TextListener listener) {
    this.prompt = prompt;
    this.ids = ids;
    this.sampler = sampler;
    this.tokenizer = tokenizer;
    this.listener = listener;
  }

  int[] ids() {
    return ids;
  }

  int drawn() {
    return drawn;
  }

  /** Draws the next token; empty if it ends the text. */
  Optional<Integer> draw(float[] logits) {
    // A model may have more entries than its tokenizer, to pad its matrix.
    int next = sampler.sample(Arrays.copyOf(logits, tokenizer.vocabulary()));
    if (next == tokenizer.endOfText()) {
      return Optional.empty();
    }
    drawn++;
    listener.piece(prompt, utf8.add(tokenizer.bytes(next)));
    return Optional.of(next);
  }

  void end(Ending ending) {
    listener.piece(prompt, utf8.finish());
    listener.end(prompt, drawn, ending);
  }
}
