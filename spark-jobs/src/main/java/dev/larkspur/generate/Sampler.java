package dev.larkspur.generate;

/** Chooses the next token from its scores. */
@FunctionalInterface
interface Sampler {

  /**
   * One draw.
   *
   * @param logits scores of every token: [vocabulary]
   * @return a token id
   */
  int sample(float[] logits);
}
