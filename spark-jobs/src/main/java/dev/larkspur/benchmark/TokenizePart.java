package dev.larkspur.benchmark;

import dev.larkspur.benchmark.Rounds.CpuClock;
import dev.larkspur.benchmark.Rounds.Part;
import dev.larkspur.tokenizer.Tokenizer;
import java.util.List;

/**
 * Tokenizes texts in one thread.
 *
 * @param name of the part
 * @param tokenizer to measure
 * @param texts documents
 */
public record TokenizePart(String name, Tokenizer tokenizer, List<String> texts) implements Part {
  /** Copies the list. */
  public TokenizePart {
    texts = List.copyOf(texts);
  }

  @Override
  public CpuClock clock() {
    return CpuClock.THREAD;
  }

  @Override
  public long run() {
    long tokens = 0;
    for (String text : texts) {
      tokens += tokenizer.encode(text).length;
    }
    return tokens;
  }
}
