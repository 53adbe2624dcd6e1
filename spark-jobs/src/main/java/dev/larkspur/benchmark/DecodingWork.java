package dev.larkspur.benchmark;

import dev.larkspur.engine.DecodingSession;

import java.util.Collections;
import java.util.Random;

/** Reads random prompts and continues them by random tokens. */
final class DecodingWork implements Runnable, AutoCloseable {
  private final DecodingSession decoding;
  private final int[] prompt;
  private final int[] tokens;
  private final int sequences;
  private final int steps;

  /**
   * @param decoding with room for the sequences
   * @param prompt tokens of each prompt
   * @param steps tokens to read behind it
   */
  DecodingWork(DecodingSession decoding, int sequences, int prompt, int steps, int vocabulary) {
    this.decoding = decoding;
    this.sequences = sequences;
    this.steps = steps;
    Random random = new Random(1);
    this.prompt = random.ints(prompt, 0, vocabulary).toArray();
    this.tokens = random.ints(sequences, 0, vocabulary).toArray();
  }

  @Override
  public void run() {
    decoding.begin(Collections.nCopies(sequences, prompt));
    for (int step = 0; step < steps; step++) {
      decoding.next(tokens);
    }
  }

  @Override
  public void close() {
    decoding.close();
  }
}
